-- The tables of entities, referred to before referring. This is the one list of them: a migration that adds a table puts
-- it here and calls own_by_tenant and feed_from for it.
create function bulkhead.entity_tables() returns text[] immutable parallel safe language sql as $$
  select array['configuration', 'tenant_technician', 'contact', 'ticket', 'entry', 'attachment', 'saved_view']
$$;

-- Shows a table's rows to their tenant alone, as 002 does for the tables before. It has a column tenant_id.
create procedure bulkhead.own_by_tenant(name text) language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('create policy tenant on %I using (tenant_id = bulkhead.current_tenant()) '
    'with check (tenant_id = bulkhead.current_tenant())', name);
  execute format('grant select, insert, update on %I to bulkhead_api', name);
end
$$;

-- Makes a table one that the feed tells, as 001 and 003 do for the tables before: versions that are published, and
-- tombstones with their time. It has the columns tenant_id, id, version, deleted and deleted_at.
create procedure bulkhead.feed_from(name text) language plpgsql as $$
begin
  execute format('create unique index %I on %I (tenant_id, version)', name || '_version', name);
  execute format('create index %I on %I (tenant_id) where version is null', name || '_unpublished', name);
  execute format('create index %I on %I (tenant_id, deleted_at) where deleted', name || '_tombstone', name);
  execute format('create constraint trigger published after insert or update on %I deferrable initially deferred '
    'for each row when (new.version is null) execute function bulkhead.refuse_unpublished()', name);
  execute format('create trigger note_deletion before update on %I for each row '
    'when (new.deleted is distinct from old.deleted) execute function bulkhead.note_deletion()', name);
end
$$;
revoke execute on procedure bulkhead.own_by_tenant, bulkhead.feed_from from public;

-- What nobody known wrote came when its row did.
create function bulkhead.unknown_author() returns jsonb stable language sql as $$
  select jsonb_build_object('*', jsonb_build_object('by', null,
    'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
$$;

create table attachment (
  tenant_id uuid not null references tenant,
  id uuid not null,
  version bigint,
  deleted boolean not null default false,
  deleted_at timestamptz,
  data json not null check (strpos(data::text, e'\n') = 0),
  ticket_id uuid generated always as ((data ->> 'ticketId')::uuid) stored,
  entry_id uuid generated always as ((data ->> 'entryId')::uuid) stored,
  sha256 text generated always as (data ->> 'sha256') stored,
  size bigint generated always as ((data ->> 'size')::bigint) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, ticket_id) references ticket (tenant_id, id),
  foreign key (tenant_id, entry_id) references entry (tenant_id, id)
);
create index attachment_ticket on attachment (tenant_id, ticket_id);
create index attachment_entry on attachment (tenant_id, entry_id) where entry_id is not null;
create index attachment_content on attachment (tenant_id, sha256);
call bulkhead.own_by_tenant('attachment');
call bulkhead.feed_from('attachment');

-- `view` is a word of SQL.
create table saved_view (
  tenant_id uuid not null references tenant,
  id uuid not null,
  version bigint,
  deleted boolean not null default false,
  deleted_at timestamptz,
  data json not null check (strpos(data::text, e'\n') = 0),
  changed jsonb not null default bulkhead.unknown_author(),
  primary key (tenant_id, id)
);
call bulkhead.own_by_tenant('saved_view');
call bulkhead.feed_from('saved_view');

-- Who wrote each field last, as for tickets.
alter table contact add column changed jsonb not null default bulkhead.unknown_author();

-- Links and merges lead from ticket to ticket. Whoever changes them takes this first, so that the way that a ticket
-- leads stays what it was when it was looked at. Held to the end of the transaction.
create function bulkhead.lock_relations() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('bulkhead relations of ' || bulkhead.current_tenant(), 0))
$$;

-- These tickets, and all that they lead to: what they were merged into, and their parents.
create function bulkhead.led_to(tickets uuid[]) returns setof uuid stable language sql as $$
  with recursive way(id) as (
    select unnest(tickets)
    union
    select next.id from way join ticket t on t.tenant_id = bulkhead.current_tenant() and t.id = way.id,
      lateral (select (t.data ->> 'mergedInto')::uuid
               union all
               select (l ->> 'ticketId')::uuid from json_array_elements(t.data -> 'links') l where l ->> 'relation' = 'parent') next(id)
    where next.id is not null
  )
  select id from way
$$;

create or replace function bulkhead.publish() returns bigint language plpgsql as $$
declare
  name text;
  part bigint;
  total bigint := 0;
  feed tenant_feed;
  names constant text[] := bulkhead.entity_tables();
begin
  foreach name in array names loop
    execute format('select count(*) from %I where tenant_id = bulkhead.current_tenant() and version is null', name) into part;
    total := total + part;
  end loop;
  update tenant_feed set version = version + total, moved = case when total > 0 then pg_current_xact_id() else moved end
    where tenant_id = bulkhead.current_tenant() returning * into feed;
  if total > 0 then
    total := feed.version - total;
    foreach name in array names loop
      execute format('update %I t set version = $1 + n.position '
        'from (select id, row_number() over () as position from %I where tenant_id = bulkhead.current_tenant() and version is null) n '
        'where t.tenant_id = bulkhead.current_tenant() and t.id = n.id', name, name) using total;
      get diagnostics part = row_count;
      total := total + part;
    end loop;
    perform pg_notify('bulkhead_feed',
      json_build_object('organisation', feed.organisation_id, 'tenant', feed.tenant_id, 'version', feed.version)::text);
  end if;
  return feed.version;
end
$$;

-- The last statement of a batch of mutations: takes one version for each row that it writes, writes rows, results and
-- the client's sequence, and tells listeners at commit. Rows come by table, null where there are none, as
-- [{id, position, data, changed, deleted}], positions counting from 1 to total over all of them; what is only ever added
-- has no changed. Tables are apart, as each look into a json reads all of it, and written out, so that plans are kept.
-- Returns the version before the first that was taken.
drop function bulkhead.write_batch;
create function bulkhead.write_batch(client uuid, first bigint, last bigint, results json, total bigint,
  new_contacts json, contacts json, new_tickets json, tickets json, new_entries json, new_attachments json, new_views json, views json)
returns bigint language plpgsql as $$
declare
  tenant constant uuid := bulkhead.current_tenant();
  feed tenant_feed;
  held bigint := 0;
begin
  if total > 0 then
    update tenant_feed set version = version + total, moved = pg_current_xact_id() where tenant_id = tenant returning * into feed;
    held := feed.version - total;
    -- What is referred to before what refers.
    if new_contacts is not null then
      insert into contact (tenant_id, id, version, data, changed, deleted)
        select tenant, r.id, held + r.position, r.data, r.changed, r.deleted
        from json_to_recordset(new_contacts) r(id uuid, position bigint, data json, changed jsonb, deleted boolean);
    end if;
    if contacts is not null then
      update contact t set version = held + r.position, data = r.data, changed = r.changed, deleted = r.deleted
        from json_to_recordset(contacts) r(id uuid, position bigint, data json, changed jsonb, deleted boolean)
        where t.tenant_id = tenant and t.id = r.id;
    end if;
    if new_tickets is not null then
      insert into ticket (tenant_id, id, version, data, changed, deleted)
        select tenant, r.id, held + r.position, r.data, r.changed, r.deleted
        from json_to_recordset(new_tickets) r(id uuid, position bigint, data json, changed jsonb, deleted boolean);
    end if;
    if tickets is not null then
      update ticket t set version = held + r.position, data = r.data, changed = r.changed, deleted = r.deleted
        from json_to_recordset(tickets) r(id uuid, position bigint, data json, changed jsonb, deleted boolean)
        where t.tenant_id = tenant and t.id = r.id;
    end if;
    if new_entries is not null then
      insert into entry (tenant_id, id, version, data)
        select tenant, r.id, held + r.position, r.data
        from json_to_recordset(new_entries) r(id uuid, position bigint, data json);
    end if;
    if new_attachments is not null then
      insert into attachment (tenant_id, id, version, data)
        select tenant, r.id, held + r.position, r.data
        from json_to_recordset(new_attachments) r(id uuid, position bigint, data json);
    end if;
    if new_views is not null then
      insert into saved_view (tenant_id, id, version, data, changed, deleted)
        select tenant, r.id, held + r.position, r.data, r.changed, r.deleted
        from json_to_recordset(new_views) r(id uuid, position bigint, data json, changed jsonb, deleted boolean);
    end if;
    if views is not null then
      update saved_view t set version = held + r.position, data = r.data, changed = r.changed, deleted = r.deleted
        from json_to_recordset(views) r(id uuid, position bigint, data json, changed jsonb, deleted boolean)
        where t.tenant_id = tenant and t.id = r.id;
    end if;
    perform pg_notify('bulkhead_feed',
      json_build_object('organisation', feed.organisation_id, 'tenant', tenant, 'version', feed.version)::text);
  end if;
  insert into mutation_result (tenant_id, client_id, first_sequence, last_sequence, held, results)
    values (tenant, client, first, last, held, results);
  update client_sequence set last_sequence = last where tenant_id = tenant and client_id = client;
  return held;
end
$$;

-- For the operator: deletes a ticket with its conversation and files. Clients get tombstones through the feed. Tickets
-- that were merged into it stand by themselves again, and no link leads to it any more.
-- Returns the feed's newest version, or null where there is no such ticket.
create or replace function bulkhead.delete_ticket(tenant uuid, ticket uuid) returns bigint language plpgsql as $$
begin
  perform bulkhead.use_tenant(tenant);
  perform bulkhead.lock_relations();
  -- In the order in which mutations lock them.
  perform from public.ticket t
    where t.tenant_id = tenant and (t.id = ticket or (not t.deleted and strpos(t.data::text, ticket::text) > 0))
    order by t.id for update;
  update public.ticket t set deleted = true, version = null where t.tenant_id = tenant and t.id = ticket and not t.deleted;
  if not found then
    return null;
  end if;
  update entry e set deleted = true, version = null where e.tenant_id = tenant and e.ticket_id = ticket and not e.deleted;
  update attachment a set deleted = true, version = null where a.tenant_id = tenant and a.ticket_id = ticket and not a.deleted;
  update public.ticket t set version = null, data = (
      case when t.data ->> 'mergedInto' = ticket::text then t.data::jsonb - 'mergedInto' else t.data::jsonb end
      || case when t.data -> 'links' is null then '{}' else jsonb_build_object('links', (
           select coalesce(jsonb_agg(l order by place), '[]')
           from jsonb_array_elements(t.data::jsonb -> 'links') with ordinality as given(l, place)
           where l ->> 'ticketId' <> ticket::text)) end)::json
    where t.tenant_id = tenant and not t.deleted and strpos(t.data::text, ticket::text) > 0
      and (t.data ->> 'mergedInto' = ticket::text
           or exists (select from json_array_elements(t.data -> 'links') l where l ->> 'ticketId' = ticket::text));
  return bulkhead.publish();
end
$$;

-- For the operator: drops a tenant's tombstones that are older than so many days, and notes from where the feed is
-- still complete. What others still refer to stays. Returns how many it dropped.
create or replace function bulkhead.sweep_tombstones(tenant uuid, days integer) returns bigint language plpgsql as $$
declare
  before constant timestamptz := now() - make_interval(days => days);
  part bigint;
  top bigint;
  total bigint := 0;
  newest bigint := 0;
  referred text;
  name text;
begin
  perform bulkhead.use_tenant(tenant);
  -- What refers comes before what it refers to. A tenant's configuration is never deleted.
  for name in select t.name from unnest(bulkhead.entity_tables()) with ordinality t(name, place)
    where t.name <> 'configuration' order by t.place desc loop
    -- From every table with a foreign key to this one, unless what refers goes with it.
    select string_agg(format('and not exists (select from %s r where %s)', c.conrelid::regclass,
        (select string_agg(format('r.%I = t.%I', mine.attname, theirs.attname), ' and ')
         from unnest(c.conkey, c.confkey) k(mine, theirs)
         join pg_attribute mine on mine.attrelid = c.conrelid and mine.attnum = k.mine
         join pg_attribute theirs on theirs.attrelid = c.confrelid and theirs.attnum = k.theirs)), ' ')
      into referred
      from pg_constraint c where c.contype = 'f' and c.confrelid = name::regclass and c.confdeltype <> 'c';
    execute format('with dropped as (delete from %I t where t.tenant_id = $1 and t.deleted and t.deleted_at < $2 %s '
      'returning version) select count(*), coalesce(max(version), 0) from dropped', name, referred)
      into part, top using tenant, before;
    total := total + part;
    newest := greatest(newest, top);
  end loop;
  if total > 0 then
    update tenant_feed set kept_from = greatest(kept_from, newest) where tenant_id = tenant;
  end if;
  return total;
end
$$;
