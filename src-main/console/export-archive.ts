import { createHash } from 'node:crypto'
import { ProblemError } from '../../src-shared/problem.ts'
import { manifestText, type ExportedFile, type OffboardingView } from '../../src-shared/protocol/offboarding.ts'
import { tarEnd, tarHead, tarPadding } from './tar.ts'

/** Reads one file of an export, by its name in the list. */
export type ReadExported = (name: string) => AsyncIterable<Uint8Array>

/**
 * The files of an export in one folder of a tar archive, with their list as `SHA256SUMS` and `manifest.json`.
 * @param folder that they are in
 * @throws ProblemError `invalid-input` at the first that is not what the list says
 */
export async function* exportArchive(
  view: OffboardingView,
  folder: string,
  read: ReadExported,
): AsyncGenerator<Uint8Array> {
  const sums = manifestText(view.files)
  if (createHash('sha256').update(sums).digest('hex') !== view.manifestSha256)
    throw refused('The list of files is not the one that was digested. List the files again, then save them.')
  const at = new Date(view.startedAt)
  for (const file of view.files) {
    if (file.name.split('/').some((part) => ['', '.', '..'].includes(part)) || file.name.includes('\\'))
      throw refused('The cloud names a file outside of the export. Nothing was saved; tell whoever runs the cloud.')
    yield tarHead(`${folder}/${file.name}`, file.bytes, at)
    yield* checked(file, read(file.name))
    yield tarPadding(file.bytes)
  }
  const lists = { SHA256SUMS: sums, 'manifest.json': `${JSON.stringify(view.files, null, 2)}\n` }
  for (const [name, text] of Object.entries(lists)) {
    const bytes = Buffer.from(text)
    yield Buffer.concat([tarHead(`${folder}/${name}`, bytes.length, at), bytes, tarPadding(bytes.length)])
  }
  yield tarEnd()
}

async function* checked(file: ExportedFile, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of source) {
    bytes += piece.length
    if (bytes > file.bytes) break
    hash.update(piece)
    yield piece
  }
  if (bytes !== file.bytes || hash.digest('hex') !== file.sha256)
    throw refused(
      `${file.name} is not what the list says: it was cut off, or has changed. Nothing was saved; list the files again.`,
    )
}

function refused(reason: string): ProblemError {
  return new ProblemError('invalid-input', { reason })
}
