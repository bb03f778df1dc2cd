import { queryOptions } from '@tanstack/react-query'
import { IMPORT_PART_BYTES, importParts, type ImportKind } from '../../../src-shared/protocol/import.ts'
import { base64 } from '../../tenant/uploads.ts'
import type { Tenant } from '../../tenant/tenant.ts'

/** An import as it comes over the channel. */
export type SeenImport = Awaited<ReturnType<Tenant['client']['imports']['get']['query']>>

const KEY = ['imports'] as const
/** Milliseconds between two looks at an import that goes on. */
const LOOK = 700

/** The last imports; asked for again while one goes on. */
export function importsQuery({ client }: Tenant) {
  return queryOptions({
    queryKey: KEY,
    queryFn: ({ signal }) => client.imports.list.query(undefined, { signal }),
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.some((one) => one.state === 'running') ? LOOK : false),
  })
}

/** Puts what the cloud answered in the place of what was known. */
export function takeOver({ queries }: Tenant, view: SeenImport): SeenImport {
  queries.setQueryData<SeenImport[]>(KEY, (before = []) => [view, ...before.filter(({ id }) => id !== view.id)])
  return view
}

/**
 * Sends a file, part by part, and has the cloud look at what it would come to.
 * @param rest one that was sent in part, of the same name and size
 * @param tell is told the bytes that are there
 * @throws TRPCClientError with its problem, UnreadableFile
 */
export async function sendFile(
  tenant: Tenant,
  { kind, file, rest }: { kind: ImportKind; file: File; rest: SeenImport | null },
  tell: (bytes: number) => void,
): Promise<SeenImport> {
  const { imports } = tenant.client
  const { name, size } = file
  const begun = rest ?? (await imports.begin.mutate({ id: crypto.randomUUID(), kind, name, size }))
  const { id, parts, startedAt } = begun
  // Of one that was changed since, no part may come from before.
  const kept = file.lastModified > Date.parse(startedAt) ? [] : parts
  for (let part = 0; part < importParts(size); part++) {
    if (kept.includes(part)) continue
    const piece = file.slice(part * IMPORT_PART_BYTES, (part + 1) * IMPORT_PART_BYTES)
    takeOver(tenant, await imports.part.mutate({ id, part, data: await base64(piece) }))
    tell(Math.min(size, (part + 1) * IMPORT_PART_BYTES))
  }
  return takeOver(tenant, await runFile(tenant, begun, { dryRun: true }))
}

/** Looks at a file, or imports it; what nothing was said of becomes what it looks like, where the cloud can tell. */
export async function runFile(
  { client }: Tenant,
  { id, unknown }: SeenImport,
  { guess: _before, ...request }: Parameters<Tenant['client']['imports']['run']['mutate']>[0]['request'],
): Promise<SeenImport> {
  return client.imports.run.mutate({ id, request: { ...request, ...(unknown && { guess: true }) } })
}
