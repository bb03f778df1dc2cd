import { go } from 'fuzzysort'
import { useCallback, useMemo, useState } from 'react'
import { MAX_BULK, type BulkBack, type BulkChange } from '../../../src-shared/domain/bulk.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { MAX_WRITTEN, runBulk, takeBulkBack } from '../../tenant/bulk.ts'
import { useTenant } from '../../tenant/context.tsx'
import { counted } from '../../ui/counted.ts'
import { Marked, Picker } from '../../ui/picker.tsx'
import { SnoozeDialog } from '../snooze/later.ts'
import { About } from '../ticket/about.tsx'
import { noiseChange } from '../ticket/noise.tsx'
import { describeBulk } from '../ticket/describe-patch.ts'
import { useAct } from '../ticket/use-act.ts'
import { BulkField } from './bulk-field.tsx'
import { BulkConfirm } from './bulk-confirm.tsx'
import { BulkMacro } from './bulk-macro.tsx'
import { BulkProgress } from './bulk-progress.tsx'
import { titleOf, type BulkUse } from './bulk-use.ts'
import { choicesOf, patchOf, tagsOf, type BulkChoice, type BulkKind } from './bulk-choices.tsx'

interface BulkDialogProps {
  kind: BulkKind
  /** The tickets that were chosen when it opened. */
  ids: readonly string[]
  desk: Desk
  onClose(): void
}

const LABELS = {
  ...{ status: 'Set status', priority: 'Set priority', assignee: 'Assign', me: 'Assign to me' },
  ...{
    snooze: 'Snooze until',
    noise: 'Mark as noise',
    type: 'Set type',
    queue: 'Set queue',
    ...{ field: 'Set a field', macro: 'Use a macro' },
    watch: 'Who watches',
    tags: 'Tags to put on, with a minus those to take off',
  },
} as const satisfies Record<BulkKind, string>

/** Chooses a value for many tickets, then says what it would do before it is done. */
export function BulkDialog({ kind, ids: given, desk, onClose }: BulkDialogProps) {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const [ids] = useState(given)
  const [done, setDone] = useState<number | null>(null)
  const [stop] = useState(() => new AbortController())
  const usual = (change: BulkChange): BulkUse => ({ change, what: describeBulk(change, desk) })
  const [use, setUse] = useState<BulkUse | null>(() => {
    const { noise } = desk.configuration
    if (kind === 'noise' && noise) return usual(noiseChange(noise))
    return kind === 'me' ? usual(patchOf({ assigneeId: desk.me })) : null
  })
  const setChange = (change: BulkChange): void => setUse(usual(change))
  const choices = useMemo(() => choicesOf(kind, desk), [kind, desk])
  const search = useCallback(
    (text: string): { choice: BulkChoice; indexes: readonly number[] }[] => {
      if (kind === 'tags') {
        const tags = tagsOf(text)
        const label = tags && describeBulk(tags, desk)
        return tags && label ? [{ choice: { key: label, label, change: tags }, indexes: [] }] : []
      }
      if (text.trim() === '') return choices.map((choice) => ({ choice, indexes: [] }))
      return go(text.trim(), choices, { key: 'label', limit: 0, threshold: 0.2 }).map((result) => ({
        choice: result.obj,
        indexes: [...result.indexes],
      }))
    },
    [choices, desk, kind],
  )
  const takeBack = (back: BulkBack[]): void =>
    void act('The tickets were not changed back.', async () => {
      const onDone = (count: number): void => {
        if (count < back.length)
          undo.say(`Changing back: ${count.toLocaleString('en')} of ${counted(back.length, 'ticket')}`)
      }
      // The last first, as the change went.
      const { change: changed, problem } = await takeBulkBack(tenant, back.toReversed(), { onDone })
      const left = back.length - changed
      if (problem) undo.fail(`${counted(left, 'ticket')} were not changed back. ${problem}`)
      else if (left > 0) undo.fail(`${counted(left, 'ticket')} changed since then, and stay as they are.`)
    })
  const run = ({ what: words, texts }: BulkUse, decided: BulkChange): void => {
    const slices = ids.length > (texts ? MAX_WRITTEN : MAX_BULK)
    if (slices) setDone(0)
    else onClose()
    const { signal } = stop
    void act(`The ${counted(ids.length, 'ticket')} were not changed.`, async () => {
      const slicing = { signal, onDone: setDone, writing: texts?.write }
      const { change: changed, back, problem } = await runBulk(tenant, ids, decided, slicing)
      const what = `${signal.aborted ? 'Stopped after ' : ''}${counted(changed, 'ticket')}: ${words}`
      if (back.length > 0) undo.offer(what, () => takeBack(back))
      else if (changed > 0) undo.say(what)
      if (problem) undo.fail(`Only ${counted(changed, 'ticket')} changed. ${problem}`)
    }).then(() => slices && onClose())
  }
  if (use && done !== null)
    return <BulkProgress done={done} total={ids.length} what={titleOf(use)} onStop={() => stop.abort()} />
  if (use) return <BulkConfirm ids={ids} use={use} onRun={(change) => run(use, change)} onClose={onClose} />
  if (kind === 'macro') return <BulkMacro desk={desk} count={ids.length} onPick={setUse} onClose={onClose} />
  if (kind === 'snooze') {
    return (
      <SnoozeDialog
        what={counted(ids.length, 'ticket')}
        asleep
        onPick={(snoozedUntil) => setChange(patchOf({ snoozedUntil }))}
        onClose={onClose}
      />
    )
  }
  if (kind === 'field') return <BulkField desk={desk} count={ids.length} onPick={setChange} onClose={onClose} />
  return (
    <Picker
      label={LABELS[kind]}
      placeholder={LABELS[kind]}
      context={<About>{counted(ids.length, 'ticket')}</About>}
      search={search}
      keyOf={({ choice }) => choice.key}
      render={({ choice, indexes }) => (
        <>
          {choice.mark}
          <span>
            <Marked text={choice.label} indexes={indexes} />
          </span>
        </>
      )}
      empty={
        kind === 'tags'
          ? 'Part tags by commas: “printer, -urgent” puts one on and takes one off.'
          : 'Nothing here goes by that name.'
      }
      onPick={({ choice }) => setChange(choice.change)}
      onClose={onClose}
    />
  )
}
