-- How far a tenant's rules of escalation were looked at: up to which version of its feed, under which configuration, and
-- when a ticket is to be looked at again although nothing happened to it.
create table escalation_state (
  tenant_id uuid primary key references tenant,
  version bigint not null default 0,
  configuration_version bigint not null default 0,
  -- Key of each rule and since when it holds: what would have struck before that stays as it is.
  rules jsonb not null default '{}',
  next_at timestamptz
);
call bulkhead.own_by_tenant('escalation_state');

-- When a ticket is to be looked at again; null for not until it changes.
create table escalation_watch (
  tenant_id uuid not null,
  ticket_id uuid not null,
  next_at timestamptz,
  primary key (tenant_id, ticket_id),
  foreign key (tenant_id, ticket_id) references ticket (tenant_id, id) on delete cascade
);
create index escalation_watch_next on escalation_watch (tenant_id, next_at) where next_at is not null;
call bulkhead.own_by_tenant('escalation_watch');

-- What was executed, once for each rule and ticket: the audit of it, and what keeps a second time from happening.
create table escalation (
  tenant_id uuid not null,
  ticket_id uuid not null,
  rule text not null,
  -- When it struck, and when it was executed.
  struck_at timestamptz not null,
  executed_at timestamptz not null default now(),
  -- Under which configuration.
  configuration_version bigint not null,
  -- The rule as it was, and what came of it: {assigneeId, priority, notify, notes}.
  label text not null,
  effect jsonb not null,
  primary key (tenant_id, ticket_id, rule),
  foreign key (tenant_id, ticket_id) references ticket (tenant_id, id) on delete cascade
);
call bulkhead.own_by_tenant('escalation');
-- Nobody rewrites what was done.
revoke update on escalation from bulkhead_api;

-- For the job that looks at all tenants: which of them have something to look at. It sees no row of theirs.
do $$
begin
  execute format('create policy operator_reads on escalation_state for select to %I using (true)', current_user);
end
$$;
create function bulkhead.tenants_to_escalate(at timestamptz) returns setof uuid stable language sql as $$
  select f.tenant_id from tenant_feed f left join escalation_state s using (tenant_id)
  where s.tenant_id is null or s.version < f.version or s.next_at <= at
  order by s.next_at nulls last, f.tenant_id
$$;
revoke execute on function bulkhead.tenants_to_escalate from public;

-- Held by whoever looks at this tenant's rules, to the end of the transaction; false where somebody else does.
create function bulkhead.try_escalation() returns boolean language sql as $$
  select pg_try_advisory_xact_lock(hashtextextended('bulkhead escalation of ' || bulkhead.current_tenant(), 0))
$$;
