import type { ConsoleState } from '../../app/console/console.ts'
import { blobOf, save } from '../../tenant/downloads.ts'
import { Store } from '../../ui/store.ts'

/** An export that was given to the person's folder of downloads. */
export interface Saved {
  name: string
  /** Of the archive, in hexadecimal. */
  sha256: string
}

/** What was saved in this window, by the digest of its list: only who has an export can let the client be deleted. */
export const savedHere = new Store<ReadonlyMap<string, Saved>>(new Map())

/**
 * Takes the export of a client, whose every file the console checks, and gives it to the downloads as one archive.
 * @param tell is told the part that was taken, 0 to 1
 * @throws TRPCClientError with its problem
 */
export async function saveExport(
  { client }: Pick<ConsoleState, 'client'>,
  id: string,
  tell: (part: number) => void,
  signal: AbortSignal,
): Promise<Saved> {
  const [taking, parts] = [crypto.randomUUID(), [] as Blob[]]
  for (let offset = 0; ;) {
    const piece = await client.offboarding.take.query({ id, taking, offset }, { signal })
    const part = blobOf(piece.data)
    parts.push(part)
    offset += part.size
    tell(piece.of === 0 ? 1 : piece.taken / piece.of)
    if (!piece.end) continue
    save(new Blob(parts, { type: 'application/x-tar' }), piece.end.name)
    return piece.end
  }
}
