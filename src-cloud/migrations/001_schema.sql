-- Server-wide facts that only the owner reads: epoch of the feeds, key of the tokens.
create table server_meta (
  key text primary key,
  value text not null
);
insert into server_meta values ('epoch', gen_random_uuid()::text);

create schema bulkhead;

-- Who is asking, for this transaction only. Exactly one of tenant and organisation is ever set.
create function bulkhead.use_tenant(tenant uuid) returns void language sql as $$
  select set_config('bulkhead.tenant', tenant::text, true), set_config('bulkhead.organisation', '', true),
         set_config('bulkhead.credential', '', true)
$$;
create function bulkhead.use_organisation(organisation uuid) returns void language sql as $$
  select set_config('bulkhead.organisation', organisation::text, true), set_config('bulkhead.tenant', '', true),
         set_config('bulkhead.credential', '', true)
$$;
-- Before anyone is known: an email or the hash of a refresh token opens the rows that carry it, no others.
create function bulkhead.use_credential(credential text) returns void language sql as $$
  select set_config('bulkhead.credential', credential, true), set_config('bulkhead.tenant', '', true),
         set_config('bulkhead.organisation', '', true)
$$;
create function bulkhead.current_tenant() returns uuid stable language sql as $$
  select nullif(current_setting('bulkhead.tenant', true), '')::uuid
$$;
create function bulkhead.current_organisation() returns uuid stable language sql as $$
  select nullif(current_setting('bulkhead.organisation', true), '')::uuid
$$;
create function bulkhead.current_credential() returns text stable language sql as $$
  select nullif(current_setting('bulkhead.credential', true), '')
$$;

-- The organisation's tables.
create table organisation (
  id uuid primary key,
  name text not null
);
create table technician (
  id uuid primary key,
  organisation_id uuid not null references organisation,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text not null,
  unique (organisation_id, id)
);
create table refresh_token (
  token_hash text primary key,
  organisation_id uuid not null,
  technician_id uuid not null,
  -- All tokens that came from one sign-in; a used one that comes again ends them all.
  family uuid not null,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  foreign key (organisation_id, technician_id) references technician (organisation_id, id)
);
create index refresh_token_family on refresh_token (family);
create table tenant (
  id uuid primary key,
  organisation_id uuid not null references organisation,
  name text not null,
  short_name text not null,
  domains text[] not null,
  aliases text[] not null,
  industry text not null,
  colour text not null,
  time_zone text not null,
  unique (organisation_id, id)
);

-- The tenant's tables. `data` is the entity as the API speaks it, on one line, so that the feed can send it unparsed;
-- columns that keys need are generated from it. `version` is null only between a write and its publication.
create table tenant_feed (
  tenant_id uuid primary key,
  organisation_id uuid not null,
  version bigint not null default 0,
  foreign key (organisation_id, tenant_id) references tenant (organisation_id, id)
);
create table ticket_number (
  tenant_id uuid primary key references tenant,
  last_number integer not null default 0
);
create table configuration (
  tenant_id uuid not null references tenant,
  id text not null default 'configuration' check (id = 'configuration'),
  version bigint,
  deleted boolean not null default false,
  data json not null check (strpos(data::text, e'\n') = 0),
  primary key (tenant_id, id)
);
create table tenant_technician (
  tenant_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  version bigint,
  deleted boolean not null default false,
  data json not null check (strpos(data::text, e'\n') = 0),
  primary key (tenant_id, id),
  foreign key (organisation_id, tenant_id) references tenant (organisation_id, id),
  foreign key (organisation_id, id) references technician (organisation_id, id)
);
create table contact (
  tenant_id uuid not null references tenant,
  id uuid not null,
  version bigint,
  deleted boolean not null default false,
  data json not null check (strpos(data::text, e'\n') = 0),
  primary key (tenant_id, id)
);
create table ticket (
  tenant_id uuid not null references tenant,
  id uuid not null,
  version bigint,
  deleted boolean not null default false,
  data json not null check (strpos(data::text, e'\n') = 0),
  number integer generated always as ((data ->> 'number')::integer) stored,
  requester_id uuid generated always as ((data ->> 'requesterId')::uuid) stored,
  assignee_id uuid generated always as ((data ->> 'assigneeId')::uuid) stored,
  primary key (tenant_id, id),
  unique (tenant_id, number),
  foreign key (tenant_id, requester_id) references contact (tenant_id, id),
  foreign key (tenant_id, assignee_id) references tenant_technician (tenant_id, id)
);
create table entry (
  tenant_id uuid not null references tenant,
  id uuid not null,
  version bigint,
  deleted boolean not null default false,
  data json not null check (strpos(data::text, e'\n') = 0),
  ticket_id uuid generated always as ((data ->> 'ticketId')::uuid) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, ticket_id) references ticket (tenant_id, id)
);
create index tenant_feed_organisation on tenant_feed (organisation_id);
create index tenant_technician_organisation on tenant_technician (organisation_id, id);
create index entry_ticket on entry (tenant_id, ticket_id);
create table client_sequence (
  tenant_id uuid not null references tenant,
  client_id uuid not null,
  last_sequence bigint not null default 0,
  primary key (tenant_id, client_id)
);
create table mutation_result (
  tenant_id uuid not null,
  client_id uuid not null,
  sequence bigint not null,
  result jsonb not null,
  primary key (tenant_id, client_id, sequence),
  foreign key (tenant_id, client_id) references client_sequence (tenant_id, client_id)
);

-- A writer that commits without publishing would leave rows that no feed ever sends.
create function bulkhead.refuse_unpublished() returns trigger language plpgsql as $$
declare
  unpublished boolean;
begin
  execute format('select exists (select from %I.%I where tenant_id = $1 and id::text = $2 and version is null)',
    tg_table_schema, tg_table_name) into unpublished using new.tenant_id, new.id::text;
  if unpublished then
    raise exception 'a change of % was not published', tg_table_name;
  end if;
  return null;
end
$$;

do $$
declare
  name text;
begin
  foreach name in array array['configuration', 'tenant_technician', 'contact', 'ticket', 'entry'] loop
    execute format('create unique index %I on %I (tenant_id, version)', name || '_version', name);
    execute format('create index %I on %I (tenant_id) where version is null', name || '_unpublished', name);
    execute format('create constraint trigger published after insert or update on %I deferrable initially deferred '
      'for each row when (new.version is null) execute function bulkhead.refuse_unpublished()', name);
  end loop;
end
$$;

-- Gives every row that this transaction wrote the tenant's next version, one each, and tells listeners at commit.
-- Called last: the counter row stays locked until commit, so the order of versions is the order of commits.
create function bulkhead.publish() returns bigint language plpgsql as $$
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
  update tenant_feed set version = version + total where tenant_id = bulkhead.current_tenant() returning * into feed;
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
