-- Who wrote each field of a ticket last, and when: field -> {by, at}; `*` stands for all that are not named.
alter table ticket add column changed jsonb not null default '{}';

-- Before kept_from tombstones were dropped: a cursor between 0 and it has missed some.
-- moved is the transaction that wrote the newest version, for those who ask what moved since a snapshot.
alter table tenant_feed add column kept_from bigint not null default 0;
alter table tenant_feed add column moved xid8 not null default pg_current_xact_id();

create function bulkhead.note_deletion() returns trigger language plpgsql as $$
begin
  new.deleted_at := case when new.deleted then now() end;
  return new;
end
$$;
do $$
declare
  name text;
begin
  foreach name in array array['configuration', 'tenant_technician', 'contact', 'ticket', 'entry'] loop
    execute format('alter table %I add column deleted_at timestamptz', name);
    -- A deletion from before this column counts from now.
    execute format('update %I set deleted_at = now() where deleted', name);
    execute format('create index %I on %I (tenant_id, deleted_at) where deleted', name || '_tombstone', name);
    execute format('create trigger note_deletion before update on %I for each row '
      'when (new.deleted is distinct from old.deleted) execute function bulkhead.note_deletion()', name);
  end loop;
  -- The operator may see which tenants there are and how far their feeds are; their rows stay hidden from the owner too.
  execute format('create policy operator_reads on tenant_feed for select to %I using (true)', current_user);
end
$$;

create or replace function bulkhead.publish() returns bigint language plpgsql as $$
declare
  name text;
  part bigint;
  total bigint := 0;
  feed tenant_feed;
  names constant text[] := array['configuration', 'tenant_technician', 'contact', 'ticket', 'entry'];
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

-- Results by batch: what came of first_sequence to last_sequence, an array of {result, position}. A position stands for
-- the version held + position.
alter table mutation_result rename column sequence to last_sequence;
alter table mutation_result add column first_sequence bigint, add column held bigint not null default 0, add column results json;
update mutation_result set first_sequence = last_sequence,
  results = json_build_array(json_build_object('result', result, 'position', null));
alter table mutation_result alter column first_sequence set not null, alter column results set not null, drop column result;

-- The same one by one, for the operator.
create view bulkhead.mutation_outcome as
  select m.tenant_id, m.client_id, (r -> 'result' ->> 'sequence')::bigint as sequence,
    case when r ->> 'position' is null then (r -> 'result')::jsonb
      else jsonb_set((r -> 'result')::jsonb, '{version}', to_jsonb(m.held + (r ->> 'position')::bigint)) end as result
  from mutation_result m, json_array_elements(m.results) r;

-- The last statement of a batch of mutations: takes one version for each row that it writes, writes rows, results and
-- the client's sequence, and tells listeners at commit. Each element of created, updated and added is
-- {id, position, data, changed}, positions counting from 1 over all three.
-- Returns the version before the first that was taken.
create function bulkhead.write_batch(client uuid, first bigint, last bigint, created json, updated json, added json, results json)
returns bigint language plpgsql as $$
declare
  tenant constant uuid := bulkhead.current_tenant();
  total constant bigint := json_array_length(created) + json_array_length(updated) + json_array_length(added);
  feed tenant_feed;
  held bigint := 0;
begin
  if total > 0 then
    update tenant_feed set version = version + total, moved = pg_current_xact_id() where tenant_id = tenant returning * into feed;
    held := feed.version - total;
    insert into ticket (tenant_id, id, version, data, changed)
      select tenant, r.id, held + r.position, r.data, r.changed
      from json_to_recordset(created) r(id uuid, position bigint, data json, changed jsonb);
    update ticket t set version = held + r.position, data = r.data, changed = r.changed
      from json_to_recordset(updated) r(id uuid, position bigint, data json, changed jsonb)
      where t.tenant_id = tenant and t.id = r.id;
    insert into entry (tenant_id, id, version, data)
      select tenant, r.id, held + r.position, r.data from json_to_recordset(added) r(id uuid, position bigint, data json);
    perform pg_notify('bulkhead_feed',
      json_build_object('organisation', feed.organisation_id, 'tenant', tenant, 'version', feed.version)::text);
  end if;
  insert into mutation_result (tenant_id, client_id, first_sequence, last_sequence, held, results)
    values (tenant, client, first, last, held, results);
  update client_sequence set last_sequence = last where tenant_id = tenant and client_id = client;
  return held;
end
$$;

-- For the operator: deletes a ticket with its conversation. Clients get tombstones through the feed.
-- Returns the feed's newest version, or null where there is no such ticket.
create function bulkhead.delete_ticket(tenant uuid, ticket uuid) returns bigint language plpgsql as $$
begin
  perform bulkhead.use_tenant(tenant);
  update public.ticket t set deleted = true, version = null where t.tenant_id = tenant and t.id = ticket and not t.deleted;
  if not found then
    return null;
  end if;
  update entry e set deleted = true, version = null where e.tenant_id = tenant and e.ticket_id = ticket and not e.deleted;
  return bulkhead.publish();
end
$$;

-- For the operator: drops a tenant's tombstones that are older than so many days, and notes from where the feed is
-- still complete. What others still refer to stays. Returns how many it dropped.
create function bulkhead.sweep_tombstones(tenant uuid, days integer) returns bigint language plpgsql as $$
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
  -- Entries first: they refer to tickets, and tickets to people.
  foreach name in array array['entry', 'ticket', 'contact', 'tenant_technician'] loop
    referred := case name
      when 'ticket' then 'select from entry r where r.tenant_id = t.tenant_id and r.ticket_id = t.id'
      when 'contact' then 'select from ticket r where r.tenant_id = t.tenant_id and r.requester_id = t.id'
      when 'tenant_technician' then 'select from ticket r where r.tenant_id = t.tenant_id and r.assignee_id = t.id'
      else 'select where false' end;
    execute format('with dropped as (delete from %I t where t.tenant_id = $1 and t.deleted and t.deleted_at < $2 '
      'and not exists (%s) returning version) select count(*), coalesce(max(version), 0) from dropped', name, referred)
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

-- The one server-wide fact that the API role reads.
create function bulkhead.epoch() returns text stable security definer set search_path = pg_catalog language sql as $$
  select value from public.server_meta where key = 'epoch'
$$;
-- For the operator, after a restore from a backup: cursors that clients hold mean nothing any more.
create function bulkhead.renew_epoch() returns text language sql as $$
  update server_meta set value = gen_random_uuid()::text where key = 'epoch' returning value
$$;
revoke execute on function bulkhead.delete_ticket, bulkhead.sweep_tombstones, bulkhead.renew_epoch from public;

-- The first four bytes of an id as a number, modulo; src-shared/protocol/checksum.ts is its other half. Spelt out in
-- bytes: Postgres inlines it, and anything that goes through text costs five times as much.
create function bulkhead.bucket_of(id uuid, buckets integer) returns integer immutable parallel safe language sql as $$
  select (((get_byte(uuid_send(id), 0)::bigint << 24) | (get_byte(uuid_send(id), 1) << 16) | (get_byte(uuid_send(id), 2) << 8)
    | get_byte(uuid_send(id), 3)) % buckets)::integer
$$;
