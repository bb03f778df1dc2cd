-- Who changed what of a ticket, and when: one row for what a transaction changed of one ticket. Rows are only ever added,
-- and go with their ticket. A row has the version that its ticket took with the change, so that the versions of all else
-- are what they were; the feed tells this kind where it is asked for.
create table ticket_change (
  tenant_id uuid not null references tenant,
  id uuid not null,
  version bigint,
  deleted boolean not null default false,
  deleted_at timestamptz,
  data json not null check (strpos(data::text, e'\n') = 0),
  ticket_id uuid generated always as ((data ->> 'ticketId')::uuid) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, ticket_id) references ticket (tenant_id, id)
);
create index ticket_change_ticket on ticket_change (tenant_id, ticket_id);
call bulkhead.own_by_tenant('ticket_change');
call bulkhead.feed_from('ticket_change');

create or replace function bulkhead.entity_tables() returns text[] immutable parallel safe language sql as $$
  select array['configuration', 'tenant_technician', 'contact', 'ticket', 'entry', 'attachment', 'saved_view', 'ticket_change']
$$;

create function bulkhead.drop_changes() returns trigger language plpgsql as $$
begin
  update ticket_change c set deleted = true, version = null
    where c.tenant_id = new.tenant_id and c.ticket_id = new.id and not c.deleted;
  return null;
end
$$;
create trigger drop_changes after update on ticket for each row
  when (new.deleted and not old.deleted) execute function bulkhead.drop_changes();

-- The same batch, with what it changed of tickets, as [{id, position, data}]: a position is that of the ticket's row.
create function bulkhead.write_batch(client uuid, first bigint, last bigint, results json, total bigint,
  new_contacts json, contacts json, new_tickets json, tickets json, new_entries json, new_attachments json, new_views json, views json,
  changes json)
returns bigint language plpgsql as $$
declare
  tenant constant uuid := bulkhead.current_tenant();
  held bigint;
begin
  held := bulkhead.write_batch(client, first, last, results, total, new_contacts, contacts, new_tickets, tickets,
    new_entries, new_attachments, new_views, views);
  if changes is not null then
    insert into ticket_change (tenant_id, id, version, data)
      select tenant, r.id, held + r.position, r.data
      from json_to_recordset(changes) r(id uuid, position bigint, data json);
  end if;
  return held;
end
$$;
