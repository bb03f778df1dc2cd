-- Tells the organisation, at commit, that its list of tenants or who works for one of them has changed: whoever shows
-- that list reads it again.
create function bulkhead.announce_tenants() returns trigger language plpgsql as $$
declare
  changed constant json := row_to_json(case when tg_op = 'DELETE' then old else new end);
begin
  perform pg_notify('bulkhead_tenants', changed ->> 'organisation_id');
  return null;
end
$$;
create trigger announce after insert or delete on tenant for each row execute function bulkhead.announce_tenants();
create trigger announce_change after update on tenant for each row when (new is distinct from old)
  execute function bulkhead.announce_tenants();
create trigger announce after insert or delete on tenant_technician for each row
  execute function bulkhead.announce_tenants();
create trigger announce_change after update on tenant_technician for each row when (new.deleted is distinct from old.deleted)
  execute function bulkhead.announce_tenants();
