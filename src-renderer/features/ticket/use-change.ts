import { useCallback } from 'react'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { runBulk, takeBulkBack } from '../../tenant/bulk.ts'
import { useTenant } from '../../tenant/context.tsx'
import { numberText } from '../tickets/words.ts'
import type { Subject } from './ticket-actions.tsx'
import { useAct } from './use-act.ts'

/** Changes several things of one ticket at once, which one undo takes back. @returns whether it was done */
export function useChange(): (
  ticket: Pick<Subject, 'id' | 'number'>,
  change: BulkChange,
  done: string,
) => Promise<boolean> {
  const tenant = useTenant()
  const undo = useUndo()
  const act = useAct()
  return useCallback(
    ({ id, number }, change, done) => {
      const name = `Ticket ${numberText(number)}`
      return act(`${name} was not changed.`, async () => {
        const { change: changed, back } = await runBulk(tenant, [id], change)
        if (changed === 0) return undo.say(`${name} is so already`)
        undo.offer(
          `${name}: ${done}`,
          () =>
            void act(`${name} was not changed back.`, async () => {
              const { change: count } = await takeBulkBack(tenant, back)
              if (count === 0) undo.fail(`${name} was changed since then, and stays as it is.`)
            }),
        )
      })
    },
    [act, tenant, undo],
  )
}
