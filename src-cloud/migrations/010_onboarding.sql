-- A client that is on its way in: the organisation's own record of it, step by step. What is done stands in the same
-- transaction as that it was done.
create table onboarding (
  organisation_id uuid not null references organisation,
  id uuid not null,
  -- Chosen at the start; the tenant is there once the first step is done, and gone again after a cancel.
  tenant_id uuid not null,
  name text not null,
  state text not null check (state in ('open', 'live', 'cancelling', 'cancelled')),
  revision integer not null default 1,
  -- By step.
  answers json not null,
  steps json not null,
  -- Something goes on by itself.
  busy boolean not null,
  reason text,
  started_by uuid not null,
  started_by_name text not null,
  started_at timestamptz not null default now(),
  changed_by_name text not null,
  changed_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, started_by) references technician (organisation_id, id)
);
create index onboarding_busy on onboarding (id) where busy;
alter table onboarding enable row level security;
alter table onboarding force row level security;
create policy organisation on onboarding using (organisation_id = bulkhead.current_organisation())
  with check (organisation_id = bulkhead.current_organisation());
grant select, insert, update on onboarding to bulkhead_api;

-- A tenant that is not live yet can be taken back whole.
alter table tenant add column onboarding boolean not null default false;
alter table tenant add column country text, add column language text, add column size integer;
grant insert on tenant to bulkhead_api;
grant update (name, short_name, domains, aliases, industry, colour, time_zone, country, language, size, onboarding) on tenant to bulkhead_api;

-- What a technician may at a tenant. Whoever may nothing has no row, or a deleted one.
alter table tenant_technician add column may text[] not null default '{see,act,reveal}'
  check (may <@ '{see,act,reveal}' and 'see' = any(may));

-- Held by whoever brings a client in or renames one, to the end of the transaction: names and domains are looked at under it.
create function bulkhead.own_tenants() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('bulkhead tenants of ' || bulkhead.current_organisation(), 0))
$$;

do $$
begin
  execute format('create policy operator_reads on onboarding for select to %I using (true)', current_user);
end
$$;

-- For the job that goes on with what a stop of the cloud interrupted.
create function bulkhead.busy_onboardings() returns table (organisation uuid, onboarding uuid) stable language sql as $$
  select organisation_id, id from onboarding where busy
$$;

-- For the job that takes a client back: everything of a tenant that never went live, in one transaction. What refers goes
-- before what it refers to, whatever tables there will be. Returns false where there is no such tenant.
create function bulkhead.remove_tenant(organisation uuid, tenant uuid) returns boolean language plpgsql as $$
declare
  names text[];
  name text;
  left_over text[];
  going boolean;
begin
  perform bulkhead.use_organisation(organisation);
  select t.onboarding into going from public.tenant t where t.id = tenant for update;
  if not found then
    return false;
  end if;
  if not going then
    raise exception 'this client is live, and is not taken back';
  end if;
  select array_agg(c.relname::text) into names from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname = 'tenant_id' and a.attnum > 0
      and c.relname <> 'onboarding';
  perform bulkhead.use_tenant(tenant);
  while names <> '{}' loop
    left_over := '{}';
    foreach name in array names loop
      begin
        execute format('delete from public.%I where tenant_id = $1', name) using tenant;
      exception when foreign_key_violation then
        left_over := left_over || name;
      end;
    end loop;
    if left_over = names then
      raise exception 'these refer to each other: %', left_over;
    end if;
    names := left_over;
  end loop;
  perform bulkhead.use_organisation(organisation);
  delete from public.tenant t where t.id = tenant;
  return true;
end
$$;
revoke execute on function bulkhead.busy_onboardings, bulkhead.remove_tenant from public;

-- Tells the organisation at commit that one has moved on.
create function bulkhead.announce_onboarding() returns trigger language plpgsql as $$
begin
  perform pg_notify('bulkhead_onboarding', json_build_object('organisation', new.organisation_id, 'id', new.id)::text);
  return null;
end
$$;
create trigger announce after insert or update on onboarding for each row execute function bulkhead.announce_onboarding();
