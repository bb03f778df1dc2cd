-- A client on its way out: the organisation's own record of it, which stays when nothing else of the client does.
create table offboarding (
  organisation_id uuid not null references organisation,
  id uuid not null,
  tenant_id uuid not null,
  name text not null,
  state text not null check (state in ('exporting', 'exported', 'retained', 'deleting', 'gone', 'cancelled')),
  reason text not null,
  -- Who may what, to give it back where it is cancelled: [{id, may}].
  people json not null,
  -- The files of the export: [{name, rows, bytes, sha256}], and the digest of that list.
  manifest json,
  manifest_sha256 text,
  confirmed_by text,
  confirmed_at timestamptz,
  retained_until timestamptz,
  proof json,
  problem json,
  started_by uuid not null,
  started_by_name text not null,
  started_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organisation_id, id)
);
create unique index offboarding_once on offboarding (tenant_id) where state not in ('gone', 'cancelled');
alter table offboarding enable row level security;
alter table offboarding force row level security;
create policy organisation on offboarding using (organisation_id = bulkhead.current_organisation())
  with check (organisation_id = bulkhead.current_organisation());
grant select, insert, update on offboarding to bulkhead_api;
do $$
begin
  execute format('create policy operator_reads on offboarding for select to %I using (true)', current_user);
end
$$;

-- Tells every process of the cloud, at commit, that a client is closed, or open again: tokens of it count no more.
create function bulkhead.announce_closed() returns trigger language plpgsql as $$
begin
  perform pg_notify('bulkhead_closed', json_build_object('tenant', new.tenant_id, 'closed', new.state <> 'cancelled')::text);
  return null;
end
$$;
create trigger announce after insert or update on offboarding for each row execute function bulkhead.announce_closed();

create function bulkhead.closed_tenants() returns setof uuid stable language sql as $$
  select tenant_id from offboarding where state <> 'cancelled'
$$;
-- For the job that goes on with what a stop of the cloud interrupted, and with what no longer has to be kept.
create function bulkhead.busy_offboardings() returns table (organisation uuid, offboarding uuid) stable language sql as $$
  select organisation_id, id from offboarding
  where state in ('exporting', 'deleting') or state = 'retained' and retained_until <= now()
$$;
-- What is exported stays as it was.
create or replace function bulkhead.tenants_to_escalate(at timestamptz) returns setof uuid stable language sql as $$
  select f.tenant_id from tenant_feed f left join escalation_state s using (tenant_id)
  where (s.tenant_id is null or s.version < f.version or s.next_at <= at)
    and not exists (select from offboarding o where o.tenant_id = f.tenant_id and o.state <> 'cancelled')
  order by s.next_at nulls last, f.tenant_id
$$;

-- Tables that hold rows of tenants; not the organisation's own records of how they came and went.
create function bulkhead.tables_of_tenants() returns text[] stable language sql as $$
  select array_agg(c.relname::text order by c.relname) from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname = 'tenant_id' and a.attnum > 0
    and c.relname not in ('onboarding', 'offboarding')
$$;

create or replace function bulkhead.remove_tenant(organisation uuid, tenant uuid) returns boolean language plpgsql as $$
declare
  names text[] := bulkhead.tables_of_tenants();
  name text;
  left_over text[];
  going boolean;
begin
  perform bulkhead.use_organisation(organisation);
  select t.onboarding into going from public.tenant t where t.id = tenant for update;
  if not found then
    return false;
  end if;
  if not going and not exists (select from offboarding o where o.tenant_id = tenant and o.state = 'deleting') then
    raise exception 'this client is live, and is not taken back';
  end if;
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
  -- What was answered when it came in tells of it too.
  update onboarding o set answers = '{}', console_checks = '{}' where o.tenant_id = tenant and o.state = 'live';
  return true;
end
$$;

-- What is left of a tenant, by table: for the proof that it is gone.
create function bulkhead.count_tenant(organisation uuid, tenant uuid) returns json language plpgsql as $$
declare
  name text;
  part bigint;
  counts jsonb := '{}';
begin
  perform bulkhead.use_organisation(organisation);
  select count(*) into part from public.tenant t where t.id = tenant;
  counts := counts || jsonb_build_object('tenant', part);
  perform bulkhead.use_tenant(tenant);
  foreach name in array bulkhead.tables_of_tenants() loop
    execute format('select count(*) from public.%I where tenant_id = $1', name) into part using tenant;
    counts := counts || jsonb_build_object(name, part);
  end loop;
  return counts::json;
end
$$;
revoke execute on function bulkhead.closed_tenants, bulkhead.busy_offboardings, bulkhead.count_tenant,
  bulkhead.remove_tenant, bulkhead.tenants_to_escalate from public;
