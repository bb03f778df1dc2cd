import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { IMPORT_PART_BYTES, ImportView, type ImportKind, type RunImport } from '../../src-shared/protocol/import.ts'
import { ask, readFeed } from '../support/cloud.ts'

/** What an answer tells of an import. @throws Error with what the cloud said where it refused */
export async function viewOf(response: Response | Promise<Response>): Promise<ImportView> {
  const answered = await response
  if (!answered.ok) throw new Error(await answered.text())
  return ImportView.parse(await answered.json())
}

/** Imports of one client over a cloud's HTTP. */
export class ImportDesk {
  readonly #url: string
  readonly #token: string

  /** @param token of the client */
  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  send(path: string, body?: unknown): Promise<Response> {
    return ask(this.#url, path, { token: this.#token, ...(body !== undefined && { body }) })
  }

  put(id: string, part: number, bytes: Uint8Array): Promise<Response> {
    return fetch(this.#url + paths.importPart(id, part), {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    })
  }

  /** Announces a file, and sends all of it. @returns its id */
  async sent(kind: ImportKind, name: string, content: string | Uint8Array): Promise<string> {
    const [id, bytes] = [randomUUID(), Buffer.from(content)]
    await viewOf(this.send(paths.imports, { id, kind, name, size: bytes.length }))
    for (let part = 0; part * IMPORT_PART_BYTES < bytes.length; part++)
      await viewOf(this.put(id, part, bytes.subarray(part * IMPORT_PART_BYTES, (part + 1) * IMPORT_PART_BYTES)))
    return id
  }

  /** Imports a file that was sent, or looks at it, to its end. */
  async run(id: string, request: Partial<RunImport> = {}): Promise<ImportView> {
    await viewOf(this.send(paths.importAct(id, 'run'), request))
    return vi.waitFor(async () => {
      const now = await viewOf(this.send(paths.importOf(id)))
      expect(['done', 'looked', 'failed'], now.problem?.message).toContain(now.state)
      return now
    })
  }

  /** Tickets of the client, as its feed has them. */
  async tickets(): Promise<Record<string, unknown>[]> {
    const { changes } = await readFeed(this.#url, this.#token)
    return changes.flatMap(({ kind, data }) => (kind === 'ticket' && data ? [data as Record<string, unknown>] : []))
  }
}
