-- What an organisation gives to all of its tenants. Nothing is rewritten: the newest revision counts, the others are its
-- history. Two who write the same revision at once cannot both.
create table organisation_defaults (
  organisation_id uuid not null references organisation,
  revision integer not null check (revision > 0),
  settings json not null,
  written_at timestamptz not null default now(),
  by_id uuid,
  by_name text not null,
  note text,
  primary key (organisation_id, revision)
);
alter table organisation_defaults enable row level security;
alter table organisation_defaults force row level security;
create policy organisation on organisation_defaults using (organisation_id = bulkhead.current_organisation())
  with check (organisation_id = bulkhead.current_organisation());
-- A tenant reads what it inherits, and writes nothing of it.
create policy tenant_reads on organisation_defaults for select using (organisation_id =
  (select f.organisation_id from tenant_feed f where f.tenant_id = bulkhead.current_tenant()));
grant select, insert on organisation_defaults to bulkhead_api;

-- The layers of one tenant: the template that it began with, as that was then, and its own values. A tenant without a
-- revision is from before there were layers: its configuration is all its own.
create table configuration_revision (
  tenant_id uuid not null references tenant,
  revision integer not null check (revision > 0),
  -- {key, name, settings}, or null.
  template json,
  settings json not null,
  written_at timestamptz not null default now(),
  by_id uuid,
  by_name text not null,
  note text,
  primary key (tenant_id, revision)
);
call bulkhead.own_by_tenant('configuration_revision');
revoke update on configuration_revision from bulkhead_api;

-- A tenant reads what the organisation calls it and where it is.
create policy tenant_reads on tenant for select using (id = bulkhead.current_tenant());

-- With which revision of the organisation's defaults a configuration was last worked out.
alter table configuration add column defaults_revision integer not null default 0;

-- Held by whoever changes a tenant's settings or works them out again, to the end of the transaction. Taken before the
-- tenant's counter.
create function bulkhead.own_settings() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('bulkhead settings of ' || bulkhead.current_tenant(), 0))
$$;
-- The same for an organisation's defaults.
create function bulkhead.own_defaults() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('bulkhead defaults of ' || bulkhead.current_organisation(), 0))
$$;

-- A client that promises to keep its tickets keeps them: the operator cannot delete one before its time.
alter function bulkhead.delete_ticket rename to drop_ticket;
create function bulkhead.delete_ticket(tenant uuid, ticket uuid) returns bigint language plpgsql as $$
declare
  days integer;
  kept_until timestamptz;
begin
  perform bulkhead.use_tenant(tenant);
  select (c.data -> 'retention' ->> 'keepDays')::integer into days from configuration c where c.tenant_id = tenant;
  select (t.data ->> 'updatedAt')::timestamptz + make_interval(days => days) into kept_until
    from public.ticket t where t.tenant_id = tenant and t.id = ticket and not t.deleted;
  if kept_until > now() then
    raise exception 'this client keeps its tickets for % days: this one until %', days, kept_until::date
      using errcode = 'BH001';
  end if;
  return bulkhead.drop_ticket(tenant, ticket);
end
$$;
revoke execute on function bulkhead.delete_ticket, bulkhead.drop_ticket from public;
