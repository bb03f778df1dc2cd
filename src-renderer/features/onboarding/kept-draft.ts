import { useCallback, useEffect, useRef, useState } from 'react'
import type { StepKey } from '../../../src-shared/onboarding/answers.ts'
import { useConsole } from '../../app/console/context.tsx'

/** Milliseconds of typing that a crash can cost. */
const PAUSE = 400

interface KeptDraft<Draft> {
  draft: Draft
  /** Something was typed that is no answer yet. */
  touched: boolean
  /** All that was typed is where it outlives the window. */
  safe: boolean
  change(part: Partial<Draft>): void
  /** Keeps at once what still waits. */
  keep(): void
  /** It was answered: the cloud keeps it from now on. */
  answered(): void
}

/** What is typed into a step: in the window at once, and a moment later where it outlives the window and the console. */
export function useKeptDraft<Draft extends object>(
  { id, step, kept }: { id: string; step: StepKey; kept: boolean },
  begin: () => Draft,
): KeptDraft<Draft> {
  const { client } = useConsole()
  const [draft, setDraft] = useState(begin)
  const [touched, setTouched] = useState(kept)
  const [safe, setSafe] = useState(kept)
  const newest = useRef(draft)
  const waiting = useRef<{ draft: Draft; timer: ReturnType<typeof setTimeout> } | null>(null)
  const save = useCallback(() => {
    const found = waiting.current
    if (!found) return
    clearTimeout(found.timer)
    waiting.current = null
    const input = { id, step, draft: JSON.stringify(found.draft) }
    // What cannot be kept now stays in the window, and goes with the next letter.
    client.onboarding.keepDraft.mutate(input).then(
      () => setSafe(found.draft === newest.current),
      () => undefined,
    )
  }, [client, id, step])
  useEffect(() => {
    window.addEventListener('pagehide', save)
    return () => {
      window.removeEventListener('pagehide', save)
      save()
    }
  }, [save])
  return {
    draft,
    touched,
    safe,
    change(part) {
      const next = { ...draft, ...part }
      newest.current = next
      setDraft(next)
      setTouched(true)
      setSafe(false)
      waiting.current = { draft: next, timer: waiting.current?.timer ?? setTimeout(save, PAUSE) }
    },
    keep: save,
    answered() {
      if (waiting.current) clearTimeout(waiting.current.timer)
      waiting.current = null
      setTouched(false)
    },
  }
}
