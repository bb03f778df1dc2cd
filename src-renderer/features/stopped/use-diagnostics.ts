import { useState } from 'react'
import { problemFrom } from '../../app/channel/link.ts'
import { save } from '../../tenant/downloads.ts'

interface Diagnostics {
  /** How the last time went. */
  said: { text: string; bad: boolean } | null
  /** Says how something else went, in the same place. */
  say(said: Diagnostics['said']): void
  copy(): void
  keep(): void
}

/** Copies or saves what support needs. @param ask for the text */
export function useDiagnostics(ask: () => Promise<string>): Diagnostics {
  const [said, setSaid] = useState<Diagnostics['said']>(null)
  const take = async (hand: (text: string) => Promise<void> | void, done: string): Promise<void> => {
    try {
      await hand(await ask())
      setSaid({ text: done, bad: false })
    } catch (error) {
      setSaid({ text: problemFrom(error).message, bad: true })
    }
  }
  return {
    said,
    say: setSaid,
    copy: () => void take((text) => navigator.clipboard.writeText(text), 'Diagnostics are on the clipboard.'),
    keep: () =>
      void take(
        (text) => save(new Blob([text], { type: 'text/plain' }), 'bulkhead-diagnostics.txt'),
        'Diagnostics were saved.',
      ),
  }
}
