import { useCallback } from 'react'
import { problemFrom } from '../../app/channel/link.ts'
import { useUndo } from '../../app/commands/undo.tsx'

/** Runs an act on the compartment, and says why where it fails. @returns whether it was done */
export function useAct(): (failed: string, run: () => Promise<void>) => Promise<boolean> {
  const undo = useUndo()
  return useCallback(
    async (failed, run) => {
      try {
        await undo.during(run())
        return true
      } catch (error) {
        undo.fail(`${failed} ${problemFrom(error).message}`)
        return false
      }
    },
    [undo],
  )
}
