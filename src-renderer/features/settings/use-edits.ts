import { useEffect, useMemo, useRef, useState } from 'react'
import { sameValue } from '../../../src-shared/settings/layers.ts'
import type { LayerValues, SettingKey } from '../../../src-shared/settings/settings.ts'
import type { Overlap, Side } from '../../../src-shared/settings/merge.ts'
import {
  isChanged,
  keptText,
  readKept,
  rebased,
  UNCHANGED,
  without,
  withChoice,
  withInherited,
  withValues,
  type Edits,
  type Overlaps,
} from './edits.ts'
import type { Seen, SettingsPort } from './port.ts'

/** What is typed over settings, and what a person does to it. */
export interface Editing {
  edits: Edits
  /** Where somebody else changed the same meanwhile. */
  overlaps: Overlaps
  /** Settings that now hold what others changed meanwhile, too. */
  merged: SettingKey[]
  dirty: boolean
  /** Whether it was typed before the page was opened. */
  isOld: boolean
  /** Grows where values came from elsewhere than the editors: they begin anew. */
  round: number
  change(values: LayerValues): void
  /** As `change`, with values from a file. */
  take(values: LayerValues): void
  write(field: string, text: string | null): void
  inherit(keys: readonly SettingKey[]): void
  forget(keys?: readonly SettingKey[]): void
  choose(key: SettingKey, overlap: Overlap, side: Side): void
  /** It was saved: what was typed since stays. */
  saved(sent: { set: LayerValues; revert: SettingKey[] }): void
}

/** Keeps what is typed: in the page at once, and a moment later as a draft that outlives it. */
export function useEdits(seen: Seen, draft: SettingsPort['draft'], kept: string): Editing {
  const [stored, setStored] = useState(() => readKept(kept, seen.settings))
  const [isOld, setOld] = useState(() => isChanged(stored))
  const [round, setRound] = useState(0)
  const { edits, overlaps, merged } = useMemo(() => rebased(stored, seen.settings), [stored, seen.settings])
  useEffect(() => () => draft.flush(), [draft])
  const latest = useRef(stored)
  // One letter both ends a half text and makes a value: neither may undo the other, so that each begins with the latest.
  const update = (next: (before: Edits) => Edits): void => {
    latest.current = next(rebased(latest.current, seen.settings).edits)
    setStored(latest.current)
    draft.write(keptText(latest.current))
  }
  const renew = (next: (before: Edits) => Edits): void => {
    update(next)
    setRound((n) => n + 1)
  }
  return {
    ...{ edits, overlaps, merged, isOld, round },
    dirty: isChanged(edits),
    change: (values) => update((before) => withValues(before, seen.settings, values)),
    take: (values) => renew((before) => withValues(before, seen.settings, values)),
    write(field, text) {
      if ((latest.current.typed[field] ?? null) !== text) update((before) => withText(before, field, text))
    },
    inherit: (keys) => renew((before) => withInherited(before, seen.settings, keys)),
    forget(keys) {
      setOld(false)
      renew((before) => (keys ? without(before, keys) : UNCHANGED))
    },
    choose: (key, overlap, side) => renew((before) => withChoice(before, key, overlap, side)),
    saved({ set, revert }) {
      setOld(false)
      latest.current = withoutSaved(latest.current, set, revert)
      setStored(latest.current)
      draft.write(keptText(latest.current))
    },
  }
}

/** Edits without what was saved; what was typed since stays. */
function withoutSaved(edits: Edits, set: LayerValues, revert: readonly SettingKey[]): Edits {
  const same = (key: SettingKey): boolean => sameValue(edits.set[key], set[key])
  const sent = (Object.keys(set) as SettingKey[]).filter(same)
  return without(edits, [...sent, ...revert.filter((key) => !(key in edits.set))])
}

function withText(edits: Edits, field: string, text: string | null): Edits {
  const rest = Object.entries(edits.typed).filter(([one]) => one !== field)
  return { ...edits, typed: Object.fromEntries(text === null ? rest : [...rest, [field, text]]) }
}
