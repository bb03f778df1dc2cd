-- Takes so many versions of the tenant for rows that are written right after it, and tells listeners at commit. For
-- many rows at once: publish looks at each of them again. Called when everything was read; the counter row stays locked
-- until commit. Returns the version before the first that was taken.
create function bulkhead.take_versions(total bigint) returns bigint language plpgsql as $$
declare
  feed tenant_feed;
begin
  update tenant_feed set version = version + total, moved = pg_current_xact_id()
    where tenant_id = bulkhead.current_tenant() returning * into feed;
  perform pg_notify('bulkhead_feed',
    json_build_object('organisation', feed.organisation_id, 'tenant', feed.tenant_id, 'version', feed.version)::text);
  return feed.version - total;
end
$$;
