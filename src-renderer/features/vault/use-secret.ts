import { useEffect, useState } from 'react'
import type { SecretField } from '../../../src-shared/domain/vault.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useTenant } from '../../tenant/context.tsx'
import { copySecret } from './clipboard.ts'

/** An act that waits for its reason. */
export interface Asked {
  field: SecretField
  purpose: 'show' | 'copy'
}

/**
 * Shows and copies the secrets of one credential. A value lives in here only, for the seconds that the client's rules
 * give, and is gone with the component.
 */
export function useSecret(id: string, reasonNeeded: boolean) {
  const { client } = useTenant()
  const [shown, setShown] = useState<{ field: SecretField; value: string; until: number } | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null)
  useEffect(() => {
    if (!shown) return
    const timer = setTimeout(() => setShown(null), shown.until - Date.now())
    return () => clearTimeout(timer)
  }, [shown])
  const act = async ({ field, purpose }: Asked, reason: string | null): Promise<void> => {
    setSaid(null)
    try {
      const { value, forgetAfter } = await client.vault.reveal.mutate({ id, field, purpose, reason })
      if (purpose === 'show') return setShown({ field, value, until: Date.now() + forgetAfter * 1000 })
      await copySecret(value, forgetAfter)
      setSaid({ text: `Copied. The clipboard is emptied in ${forgetAfter} s.`, bad: false })
    } catch (error) {
      setSaid({ text: problemFrom(error).message, bad: true })
    }
  }
  return {
    shown,
    asked,
    said,
    say: setSaid,
    hide: () => setShown(null),
    /** Runs, or asks for the reason first. */
    start(what: Asked): void {
      if (reasonNeeded) setAsked(what)
      else void act(what, null)
    },
    giveReason(reason: string): void {
      if (asked) void act(asked, reason)
      setAsked(null)
    },
    cancel: () => setAsked(null),
  }
}
