import { useCallback, useRef, useState, type ReactNode } from 'react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import type { ListView } from '../../tenant/memory.ts'
import { indexOfSelected } from './list-commands.ts'
import { GroupPicker, SectionPicker } from './later.ts'
import { sectionKey } from './use-arranged.ts'
import type { Rows, SectionLine } from './use-rows.ts'

interface SectionsOptions {
  desk: Desk
  view: ListView
  rows: Rows
  /** Nothing is over the list or beside it. */
  keys: boolean
  onChange(part: Partial<ListView>): void
}

/** The sections of the list: what it is parted by, and which of them are closed. */
export function useSections({ desk, view, rows, keys, onChange }: SectionsOptions): {
  toggle(index: number): void
  dialog: ReactNode
} {
  const { memory } = useTenant()
  const { closed } = memory
  const { group } = view
  const sections = rows.arranged?.sections ?? []
  const [asked, setAsked] = useState<'group' | 'section' | null>(null)
  const latest = useRef({ rows, group })
  latest.current = { rows, group }

  const put = (key: string | null, close: boolean): void => {
    if (group === null) return
    const next = new Set(closed.get())
    if (close) next.add(sectionKey(group, key))
    else next.delete(sectionKey(group, key))
    closed.set(next)
  }
  const toggle = useCallback(
    (index: number): void => {
      const { rows: now, group: by } = latest.current
      const section = now.sectionAt(index)
      if (!section || by === null) return
      const next = new Set(closed.get())
      const key = sectionKey(by, section.key)
      if (!next.delete(key)) next.add(key)
      closed.set(next)
    },
    [closed],
  )
  /** The section of the selected ticket. */
  const current = (): (typeof sections)[number] | undefined => {
    for (let at = indexOfSelected(memory, rows); at >= 0; at--) {
      const section = rows.sectionAt(at)
      if (section) return section
    }
    return sections[0]
  }
  // What comes after it is selected.
  const close = (): void => {
    const section = current()
    if (!section) return
    put(section.key, true)
    memory.selected.set({ id: '', index: firstFrom(sections, { ...section, closed: true }) })
  }
  /** The one that was closed last, of those that are here. */
  const reopen = (): void => {
    const last = [...closed.get()]
      .reverse()
      .find((key) => sections.some((one) => sectionKey(group ?? '', one.key) === key))
    const section = sections.find((one) => sectionKey(group ?? '', one.key) === last)
    if (section) put(section.key, false)
  }
  const all = (): void => {
    const open = sections.some((section) => !section.closed)
    const next = new Set(closed.get())
    for (const { key } of sections) {
      if (open) next.add(sectionKey(group ?? '', key))
      else next.delete(sectionKey(group ?? '', key))
    }
    closed.set(next)
  }
  const goTo = (key: string | null): void => {
    put(key, false)
    setAsked(null)
    const section = sections.find((one) => one.key === key)
    if (section) memory.selected.set({ id: '', index: firstFrom(sections, { ...section, closed: false }) })
  }
  useCommands([
    { id: 'group', title: 'Group the list by…', group: 'List', keys: keys ? ['\\'] : [], run: () => setAsked('group') },
    ...(keys && group !== null
      ? [
          { id: 'close-section', title: 'Close this section', group: 'List' as const, keys: ['-'], run: close },
          {
            id: 'open-section',
            title: 'Open the section closed last',
            group: 'List' as const,
            keys: ['='],
            run: reopen,
          },
          {
            id: 'all-sections',
            title: 'Close all sections, or open them',
            group: 'List' as const,
            keys: ['_'],
            run: all,
          },
          {
            ...{ id: 'go-section', title: 'Go to a section', group: 'List' as const, keys: ['g s'] },
            run: () => setAsked('section'),
          },
        ]
      : []),
  ])
  const stop = (): void => setAsked(null)
  return {
    toggle,
    dialog:
      asked === 'group' ? (
        <GroupPicker
          desk={desk}
          group={group}
          onPick={(next) => {
            stop()
            onChange({ group: next })
          }}
          onClose={stop}
        />
      ) : asked === 'section' && group !== null ? (
        <SectionPicker desk={desk} group={group} sections={sections} onPick={goTo} onClose={stop} />
      ) : null,
  }
}

/** The line of the first ticket in a section, or after it where that is to be closed; else the one before. */
function firstFrom(sections: readonly SectionLine[], from: SectionLine): number {
  let line = 0
  let before = 0
  let reached = false
  for (const section of sections) {
    line += 1
    const is = section.key === from.key
    const open = is ? !from.closed : !section.closed
    reached ||= is
    if (!open) continue
    if (reached) return line
    before = line + section.count - 1
    line += section.count
  }
  return before
}
