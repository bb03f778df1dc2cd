import { useCallback } from 'react'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { runBulk, takeBulkBack } from '../../tenant/bulk.ts'
import { useTenant } from '../../tenant/context.tsx'
import { numberText } from '../tickets/words.ts'
import type { Subject } from './ticket-actions.tsx'
import { useAct } from './use-act.ts'

/**
 * Changes several things of one ticket at once, which one undo takes back.
 * @returns takes what to do where the ticket lacks fields that the client needs, and why
 */
export function useChange(): (
  ticket: Pick<Subject, 'id' | 'number'>,
  change: BulkChange,
  done: string,
  onMissing: (message: string) => void,
) => Promise<unknown> {
  const tenant = useTenant()
  const undo = useUndo()
  const act = useAct()
  return useCallback(
    ({ id, number }, change, done, onMissing) => {
      const name = `Ticket ${numberText(number)}`
      return act(`${name} was not changed.`, async () => {
        const ran = await runBulk(tenant, [id], change).catch((error: unknown) => {
          const { code, message } = problemFrom(error)
          if (code !== 'field-missing') throw error
          onMissing(message)
          return null
        })
        if (!ran) return
        const { change: changed, back } = ran
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
