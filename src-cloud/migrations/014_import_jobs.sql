-- An import that goes on behind the answers: the file as it came, in parts; its rows, read; and how far it is.
create table import_job (
  tenant_id uuid not null references tenant,
  id uuid not null,
  kind text not null check (kind in ('contacts', 'tickets')),
  name text not null,
  format text not null check (format in ('csv', 'xlsx', 'json')),
  size bigint not null check (size > 0),
  state text not null check (state in ('uploading', 'running', 'paused', 'looked', 'done', 'failed', 'cancelled')),
  -- What was asked for: {columns, words, dates, create, dryRun}.
  request json,
  -- Of the file, once it was read: names of columns, rows, and what could not be read.
  header json,
  rows integer,
  unread json,
  -- How far it is: chunks and rows that are done, and what came of them.
  next_chunk integer not null default 0,
  progress json not null default '{}',
  problem json,
  by_id uuid not null,
  by_name text not null,
  started_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (tenant_id, id)
);
call bulkhead.own_by_tenant('import_job');
create table import_part (
  tenant_id uuid not null,
  import_id uuid not null,
  part integer not null check (part >= 0),
  bytes bytea not null,
  primary key (tenant_id, import_id, part),
  foreign key (tenant_id, import_id) references import_job (tenant_id, id)
);
call bulkhead.own_by_tenant('import_part');
alter table import_part alter column bytes set storage external;
create table import_chunk (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  rows json not null,
  primary key (tenant_id, import_id, chunk),
  foreign key (tenant_id, import_id) references import_job (tenant_id, id)
);
call bulkhead.own_by_tenant('import_chunk');
-- Every row that was not taken.
create table import_bad (
  tenant_id uuid not null,
  import_id uuid not null,
  line integer not null,
  reason text not null,
  primary key (tenant_id, import_id, line),
  foreign key (tenant_id, import_id) references import_job (tenant_id, id)
);
call bulkhead.own_by_tenant('import_bad');
-- None of these is what a feed tells: what is used up is deleted.
grant delete on import_part, import_chunk, import_bad to bulkhead_api;

do $$
begin
  execute format('create policy operator_reads on import_job for select to %I using (true)', current_user);
end
$$;
-- For the job that goes on with what a stop of the cloud interrupted.
create function bulkhead.busy_imports() returns table (tenant uuid, import uuid) stable language sql as $$
  select tenant_id, id from import_job where state = 'running'
$$;
revoke execute on function bulkhead.busy_imports from public;
