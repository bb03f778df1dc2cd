-- What a technician is in the organisation. Administrators bring clients in and out, and change what all clients inherit.
alter table technician add column role text not null default 'technician' check (role in ('administrator', 'technician'));
-- Whoever was there first, and whoever did what now needs the role, goes on as before.
alter table technician no force row level security;
alter table onboarding no force row level security;
alter table organisation_defaults no force row level security;
update technician t set role = 'administrator' where
  t.ctid = (select o.ctid from technician o where o.organisation_id = t.organisation_id order by o.ctid limit 1)
  or exists (select from onboarding b where b.organisation_id = t.organisation_id and b.started_by = t.id)
  or exists (select from organisation_defaults d where d.organisation_id = t.organisation_id and d.by_id = t.id);
alter table technician force row level security;
alter table onboarding force row level security;
alter table organisation_defaults force row level security;

grant update (role) on technician to bulkhead_api;
-- The list of tenants says what the reader is in the organisation.
create trigger announce_role after update on technician for each row when (new.role is distinct from old.role)
  execute function bulkhead.announce_tenants();

-- For the operator: makes a technician administrator, whoever there was. Returns false where nobody has that address.
create function bulkhead.appoint_administrator(address text) returns boolean language plpgsql as $$
declare
  found_one technician;
begin
  perform bulkhead.use_credential(lower(trim(address)));
  select * into found_one from technician where email = lower(trim(address));
  if not found then
    return false;
  end if;
  perform bulkhead.use_organisation(found_one.organisation_id);
  update technician set role = 'administrator' where id = found_one.id;
  return true;
end
$$;
revoke execute on function bulkhead.appoint_administrator from public;
