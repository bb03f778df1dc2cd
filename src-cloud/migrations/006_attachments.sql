-- Content of files, apart from the attachments that name it. It belongs to one tenant, and there to a digest and a size:
-- put to several tickets it is kept once, and somebody's wrong size spoils nobody else's upload.
create table content (
  tenant_id uuid not null references tenant,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  -- All parts are here, and together they have this digest.
  complete boolean not null default false,
  primary key (tenant_id, sha256, size)
);
call bulkhead.own_by_tenant('content');

create table content_part (
  tenant_id uuid not null,
  sha256 text not null,
  size bigint not null,
  part integer not null check (part >= 0),
  -- SHA-256 of bytes, checked when they came.
  digest bytea not null check (length(digest) = 32),
  -- Null where the whole turned out wrong: the API role deletes no rows.
  bytes bytea,
  written_at timestamptz not null default now(),
  primary key (tenant_id, sha256, size, part),
  foreign key (tenant_id, sha256, size) references content on delete cascade
);
call bulkhead.own_by_tenant('content_part');
-- Not compressed: most files are already, and so a piece of a part is read without the rest of it.
alter table content_part alter column bytes set storage external;

-- Held shared by whoever counts on a content to stay as it is, alone by whoever completes or drops it; to the end of the
-- transaction. Taken before the tenant's counter, never after it.
create function bulkhead.hold_content(sha256 text) returns void language sql as $$
  select pg_advisory_xact_lock_shared(hashtextextended('bulkhead content of ' || bulkhead.current_tenant() || ' ' || sha256, 0))
$$;
create function bulkhead.own_content(sha256 text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('bulkhead content of ' || bulkhead.current_tenant() || ' ' || sha256, 0))
$$;

-- Whether this tenant has a content in full. True stays true, and false false, to the end of the transaction.
create function bulkhead.has_content(sha256 text, size bigint) returns boolean language plpgsql as $$
begin
  perform bulkhead.hold_content(sha256);
  -- A statement of its own: it sees what was committed while the last one waited.
  return exists (select from content c where c.tenant_id = bulkhead.current_tenant()
    and c.sha256 = has_content.sha256 and c.size = has_content.size and c.complete);
end
$$;

-- A content that no attachment names, tombstones included, or whose parts have stopped coming before that time.
create function bulkhead.is_left(c content, before timestamptz) returns boolean stable language sql as $$
  select not exists (select from attachment a where a.tenant_id = c.tenant_id and a.sha256 = c.sha256 and a.size = c.size)
    or not c.complete and not exists (select from content_part p
      where p.tenant_id = c.tenant_id and p.sha256 = c.sha256 and p.size = c.size and p.written_at >= before)
$$;

-- For the operator: drops one content of a tenant that nothing names any more, or that was left unfinished for so many
-- days. One at a time, so that no transaction grows large. Returns false where there is none.
create function bulkhead.sweep_content(tenant uuid, days integer) returns boolean language plpgsql as $$
declare
  before constant timestamptz := now() - make_interval(days => days);
  found_one content;
begin
  perform bulkhead.use_tenant(tenant);
  select * into found_one from content c where c.tenant_id = tenant and bulkhead.is_left(c, before) limit 1;
  if not found then
    return false;
  end if;
  perform bulkhead.own_content(found_one.sha256);
  -- Asked again: an attachment may have come to name it, or a part may have come.
  delete from content c where c.tenant_id = tenant and c.sha256 = found_one.sha256 and c.size = found_one.size
    and bulkhead.is_left(c, before);
  return true;
end
$$;
revoke execute on function bulkhead.sweep_content from public;
