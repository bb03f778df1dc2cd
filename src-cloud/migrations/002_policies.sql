-- Every table: only the rows of who is asking, for the owner too. The API role owns nothing and cannot bypass it.
do $$
declare
  name text;
begin
  foreach name in array array['configuration', 'contact', 'ticket', 'entry', 'ticket_number', 'client_sequence', 'mutation_result',
                              'tenant_technician', 'tenant_feed'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (tenant_id = bulkhead.current_tenant()) '
      'with check (tenant_id = bulkhead.current_tenant())', name);
    execute format('grant select, insert, update on %I to bulkhead_api', name);
  end loop;

  foreach name in array array['organisation', 'technician', 'refresh_token', 'tenant'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy organisation on %I using (%I = bulkhead.current_organisation()) '
      'with check (%I = bulkhead.current_organisation())', name,
      case name when 'organisation' then 'id' else 'organisation_id' end,
      case name when 'organisation' then 'id' else 'organisation_id' end);
    execute format('grant select on %I to bulkhead_api', name);
  end loop;
end
$$;

-- What the organisation may see of its tenants: how far each feed is, and who works there. Never their rows.
create policy organisation_reads on tenant_feed for select using (organisation_id = bulkhead.current_organisation());
create policy organisation_reads on tenant_technician for select using (organisation_id = bulkhead.current_organisation());

-- Sign-in and refresh, before an organisation is known.
create policy credential_reads on technician for select using (email = bulkhead.current_credential());
create policy credential_reads on refresh_token for select using (token_hash = bulkhead.current_credential());

grant insert, update on refresh_token to bulkhead_api;
grant usage on schema bulkhead to bulkhead_api;
