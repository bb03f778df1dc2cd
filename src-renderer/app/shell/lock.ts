import { useEffect, useMemo } from 'react'
import { problemFrom } from '../channel/link.ts'
import { useUndo } from '../commands/undo.tsx'
import { useConsole } from '../console/context.tsx'
import { useTenants } from '../tenants-context.tsx'
import { places, useGo } from './go.ts'

/** Milliseconds between two signs of the person that the host is told of. */
const SIGN = 15_000
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

/** Locks the console; where nothing could unlock it again, leads to where a passphrase is set. */
export function useLock(): () => void {
  const { client } = useConsole()
  const tenants = useTenants()
  const undo = useUndo()
  const go = useGo()
  return useMemo(
    () => () => {
      // On its way before the lock is: the compartments take it before they close.
      tenants.flush()
      client.session.lock.mutate().catch((error: unknown) => {
        const found = problemFrom(error)
        undo.fail(found.message)
        if (found.code === 'lock-needs-passphrase') go(places.keys)
      })
    },
    [client, tenants, undo, go],
  )
}

/** Tells the host now and then that the person is there, so that it does not lock under their hands. */
export function useActivity(): void {
  const { client } = useConsole()
  useEffect(() => {
    let told = -SIGN
    const sign = (): void => {
      const now = performance.now()
      if (now - told < SIGN) return
      told = now
      client.session.activity.mutate().catch(() => undefined)
    }
    for (const name of SIGNS) addEventListener(name, sign, { capture: true, passive: true })
    return () => {
      for (const name of SIGNS) removeEventListener(name, sign, { capture: true })
    }
  }, [client])
}
