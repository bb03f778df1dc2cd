import { createCipheriv, createHash, randomUUID } from 'node:crypto'
import { PART_BYTES, partsOf } from '../../src-shared/domain/attachment.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { AttachmentParts } from '../../src-shared/protocol/attachment.ts'
import { schemaOf, type MutationBody, type MutationReply } from '../../src-shared/protocol/mutation.ts'
import { ask } from '../support/cloud.ts'

export interface TestFile {
  bytes: Buffer
  sha256: string
}

/** Bytes that no compressor makes smaller, the same for the same word. */
export function fileOf(word: string, size: number): TestFile {
  const key = createHash('sha256').update(word).digest()
  const bytes = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Adds a file to a ticket by a mutation. @returns the attachment's id */
export async function attach(
  url: string,
  token: string,
  ticketId: string,
  { bytes, sha256 }: TestFile,
  size = bytes.length,
): Promise<string> {
  const attachmentId = randomUUID()
  const attachment = { name: 'firewall.log', type: 'text/plain', size, sha256 }
  const body: MutationBody = { kind: 'attachment.add', attachmentId, ticketId, entryId: null, attachment }
  const mutation = { sequence: 1, schema: schemaOf(body), at: new Date().toISOString(), body }
  const response = await ask(url, paths.mutations, { token, body: { clientId: randomUUID(), mutations: [mutation] } })
  const { results } = (await response.json()) as MutationReply
  if (results[0]?.outcome !== 'applied') throw new Error(JSON.stringify(results))
  return attachmentId
}

export function partOf({ bytes }: TestFile, part: number): Buffer {
  return bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)
}

export function digestOf(bytes: Buffer): string {
  return `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
}

/** Sends one part; `digest` null for none. */
export async function put(
  url: string,
  token: string,
  id: string,
  part: number | string,
  bytes: Buffer,
  digest: string | null = digestOf(bytes),
  type = 'application/octet-stream',
): Promise<Response> {
  return fetch(`${url}${paths.attachmentParts(id)}/${part}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': type,
      ...(digest === null ? {} : { 'content-digest': digest }),
    },
    body: new Uint8Array(bytes),
  })
}

export const complete = (url: string, token: string, id: string) =>
  ask(url, paths.attachmentComplete(id), { token, method: 'POST' })

export async function partsNow(url: string, token: string, id: string): Promise<AttachmentParts> {
  return (await (await ask(url, paths.attachmentParts(id), { token })).json()) as AttachmentParts
}

/** Sends the parts that the cloud lacks, three at a time, and completes. @returns the last answer */
export async function upload(url: string, token: string, id: string, file: TestFile): Promise<Response> {
  const { received } = await partsNow(url, token, id)
  const missing = [...Array(partsOf(file.bytes.length)).keys()].filter((part) => !received.includes(part)).values()
  const send = async () => {
    for (const part of missing) {
      const response = await put(url, token, id, part, partOf(file, part))
      if (!response.ok) throw new Error(`part ${part}: ${await response.text()}`)
    }
  }
  await Promise.all([send(), send(), send()])
  return complete(url, token, id)
}

export async function download(
  url: string,
  token: string,
  id: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url + paths.attachmentContent(id), { headers: { authorization: `Bearer ${token}`, ...headers } })
}

/** The digest of a body, read as it comes. */
export async function digestOfBody(response: Response): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of response.body ?? []) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
