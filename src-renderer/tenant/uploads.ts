import { MAX_PIECE } from '../../src-shared/domain/attachment.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'
import { problem, type Problem } from '../../src-shared/problem.ts'
import { problemFrom } from '../app/channel/link.ts'
import { applyDetail } from './edits.ts'
import type { Tenant } from './tenant.ts'

/** A file on its way from this window to the compartment. Once it is there, it is an attachment of the ticket. */
export interface Upload {
  key: string
  ticketId: string
  entryId: string | null
  file: File
  sentBytes: number
  /** Why it stopped; null while it goes on. */
  problem: Problem | null
  abort: AbortController
}

/** Takes files to a ticket, or to one entry of it, one after the other. Typing goes on meanwhile. */
export function upload(tenant: Tenant, ticketId: string, entryId: string | null, files: readonly File[]): void {
  const { uploads } = tenant.memory
  const idle = uploads.get().every((one) => one.problem !== null)
  const made = files.map((file): Upload => ({
    key: crypto.randomUUID(),
    ticketId,
    entryId,
    file,
    sentBytes: 0,
    problem: null,
    abort: new AbortController(),
  }))
  uploads.set([...uploads.get(), ...made])
  if (idle) void work(tenant)
}

/** Stops a file on its way, or forgets one that failed. */
export function forget(tenant: Tenant, key: string): void {
  const { uploads } = tenant.memory
  uploads
    .get()
    .find((one) => one.key === key)
    ?.abort.abort()
  uploads.set(uploads.get().filter((one) => one.key !== key))
}

export function tryAgain(tenant: Tenant, { key, ticketId, entryId, file }: Upload): void {
  forget(tenant, key)
  upload(tenant, ticketId, entryId, [file])
}

async function work(tenant: Tenant): Promise<void> {
  const { uploads } = tenant.memory
  for (;;) {
    const next = uploads.get().find((one) => one.problem === null)
    if (!next) return
    const change = (part: Partial<Upload>): void =>
      uploads.set(uploads.get().map((one) => (one.key === next.key ? { ...one, ...part } : one)))
    try {
      applyDetail(tenant.queries, await send(tenant, next, (sentBytes) => change({ sentBytes })))
      uploads.set(uploads.get().filter((one) => one.key !== next.key))
    } catch (error) {
      // A file that a person took back is no longer in the list.
      change({ problem: error instanceof UnreadableFile ? error.problem : problemFrom(error) })
    }
  }
}

/** Of a file that went away, or changed, between being chosen and being read. */
export class UnreadableFile extends Error {
  readonly problem = problem('not-found', { what: 'The file' })
}

async function send({ client }: Tenant, given: Upload, tell: (sentBytes: number) => void): Promise<TicketDetail> {
  const { ticketId, entryId, file, abort } = given
  const { signal } = abort
  const { name, type, size } = file
  const place = await client.attachments.begin.mutate({ ticketId, entryId, name, type, size }, { signal })
  const { uploadId } = place
  let { offset } = place
  try {
    while (offset < size) {
      const data = await base64(file.slice(offset, offset + MAX_PIECE))
      const taken = await client.attachments.append.mutate({ uploadId, offset, data }, { signal })
      offset = taken.offset
      tell(offset)
    }
    return await client.attachments.finish.mutate({ uploadId }, { signal })
  } catch (error) {
    void client.attachments.abandon.mutate({ uploadId }).catch(() => undefined)
    throw error
  }
}

/** Bytes as base64. @throws UnreadableFile where the file went away, or changed, since it was chosen */
export async function base64(piece: Blob): Promise<string> {
  const reader = new FileReader()
  return new Promise((resolve, reject) => {
    reader.addEventListener('load', () => {
      const { result } = reader
      resolve(typeof result === 'string' ? result.slice(result.indexOf(',') + 1) : '')
    })
    reader.addEventListener('error', () => reject(new UnreadableFile()))
    reader.readAsDataURL(piece)
  })
}
