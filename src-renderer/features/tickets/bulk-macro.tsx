import { useMemo, useState } from 'react'
import type { Macro } from '../../../src-shared/domain/macros.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { counted } from '../../ui/counted.ts'
import { Picker } from '../../ui/picker.tsx'
import { textsOf } from '../macros/bulk-texts.ts'
import { changeOf, type Setting } from '../macros/fill.ts'
import { MacroLine } from '../macros/macro-line.tsx'
import { useMacroSearch } from '../macros/use-macro-search.ts'
import { momentOf } from '../snooze/choices.ts'
import { About } from '../ticket/about.tsx'
import { describeBulk } from '../ticket/describe-patch.ts'
import { patchOf } from './bulk-choices.tsx'
import type { BulkUse } from './bulk-use.ts'

interface BulkMacroProps {
  desk: Desk
  /** How many tickets were chosen. */
  count: number
  onPick(use: BulkUse): void
  onClose(): void
}

interface Offered {
  macro: Macro
  label: string
  text: string
  setting: Setting
  effect: string
}

/** Finds a macro to use on many tickets, and shows what it would set and write. */
export function BulkMacro({ desk, count, onPick, onClose }: BulkMacroProps) {
  const tenant = useTenant()
  const client = useIdentity()
  const undo = useUndo()
  const [now] = useState(() => Date.now())
  const all = useMemo(() => {
    const moment = momentOf(desk.configuration, client.timeZone, now)
    return (desk.configuration.macros ?? []).map((macro): Offered => {
      const setting = changeOf(macro, desk, moment)
      const change = 'change' in setting ? setting.change : null
      const effect = change ? describeBulk(change, desk) : ''
      return { macro, label: macro.label, text: macro.text ?? '', setting, effect }
    })
  }, [desk, client, now])
  const search = useMacroSearch(all)
  const pick = ({ macro, setting }: Offered): void => {
    if ('problem' in setting) {
      undo.fail(`“${macro.label}” was not used. ${setting.problem}`)
      return onClose()
    }
    const texts = textsOf(tenant, macro, { desk, client, now })
    onPick({ change: setting.change ?? patchOf({}), what: `“${macro.label}”`, macro: true, ...(texts && { texts }) })
  }
  return (
    <Picker
      label="Use a macro"
      placeholder="Find a canned reply or macro"
      context={<About>{counted(count, 'ticket')}</About>}
      search={search}
      keyOf={({ one: offered }) => offered.macro.key}
      render={({ one: offered, indexes }) => (
        <MacroLine
          {...{ macro: offered.macro, effect: offered.effect, indexes, text: offered.macro.text ?? null }}
          problem={'problem' in offered.setting ? offered.setting.problem : null}
        />
      )}
      empty="Nothing here goes by that name."
      onPick={({ one: offered }) => pick(offered)}
      onClose={onClose}
    />
  )
}
