import { deriveKeys, zeroKeys, type CompartmentKeys } from '../keys.ts'
import type { Rekeying } from '../port.ts'
import { makeCopies } from './copies.ts'

/**
 * Makes copies of a closed compartment's files under the keys of another root key; see {@link makeCopies}. Both root
 * keys are filled with zeros whatever happens.
 */
export async function rotate({ folder, from, to, binding }: Rekeying): Promise<void> {
  const [before, after] = [keysOf(from), keysOf(to)]
  try {
    await makeCopies({ folder, from: before, to: after, binding })
  } finally {
    zeroKeys(before)
    zeroKeys(after)
  }
}

function keysOf(rootKey: ArrayBuffer): CompartmentKeys {
  const root = new Uint8Array(rootKey)
  const keys = deriveKeys(root)
  root.fill(0)
  return keys
}
