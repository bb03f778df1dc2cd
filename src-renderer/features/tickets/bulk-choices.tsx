import { choosable } from '../../../src-shared/domain/configuration.ts'
import type { ReactNode } from 'react'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import classes from './list.module.css'

export type BulkKind =
  | 'status'
  | 'priority'
  | 'assignee'
  | 'me'
  | 'type'
  | 'queue'
  | 'field'
  | 'macro'
  | 'tags'
  | 'watch'
  | 'snooze'
  | 'noise'

export interface BulkChoice {
  key: string
  label: string
  mark?: ReactNode
  change: BulkChange
}

interface Kind {
  kind: BulkKind
  /** On its button. */
  name: string
  title: string
  key: string
}

const KINDS: readonly Kind[] = [
  { kind: 'status', name: 'Status', title: 'Set the status', key: 's' },
  { kind: 'priority', name: 'Priority', title: 'Set the priority', key: 'p' },
  { kind: 'assignee', name: 'Assign', title: 'Set the assignee', key: 'a' },
  { kind: 'type', name: 'Type', title: 'Set the type', key: 'T' },
  { kind: 'queue', name: 'Queue', title: 'Set the queue', key: 'Q' },
  { kind: 'field', name: 'Field', title: 'Set a field', key: 'F' },
  { kind: 'macro', name: 'Macro', title: 'Use a macro', key: ';' },
  { kind: 'tags', name: 'Tags', title: 'Put on or take off tags', key: 't' },
  { kind: 'watch', name: 'Watchers', title: 'Put on or take off watchers', key: 'W' },
  { kind: 'snooze', name: 'Snooze', title: 'Set the snooze', key: 'h' },
  { kind: 'noise', name: 'Noise', title: 'Set as noise', key: '#' },
]

/** What can be set for many tickets: not what the client has no words for. */
export function bulkKinds({ configuration: { types, queues, customFields, macros = [], noise } }: Desk): Kind[] {
  const words: Partial<Record<BulkKind, readonly unknown[]>> = {
    ...{ type: types, queue: queues, field: choosable(customFields), macro: macros },
    noise: noise ? [noise] : [],
  }
  return KINDS.filter(({ kind }) => words[kind]?.length !== 0)
}

/** A change of some fields. */
export function patchOf(patch: BulkChange['patch']): BulkChange {
  return { patch, addTags: [], removeTags: [] }
}

/** Tags as typed: parted by commas, with a minus before those to take off. @returns null where there are none */
export function tagsOf(text: string): BulkChange | null {
  const words = text.split(',').map((tag) => tag.trim())
  const removeTags = words.filter((tag) => /^[-−]./.test(tag)).map((tag) => tag.slice(1).trim())
  const addTags = words.filter((tag) => tag !== '' && !/^[-−]/.test(tag))
  if (addTags.length + removeTags.length === 0) return null
  return { patch: {}, addTags, removeTags }
}

/** The values that a kind of change offers, from the client's own configuration. */
export function choicesOf(kind: BulkKind, { configuration, technicians, me }: Desk): BulkChoice[] {
  switch (kind) {
    case 'status':
      return choosable(configuration.statuses).map(({ key, label, category }) => ({
        ...{ key, label, change: patchOf({ status: key }) },
        mark: <span className={classes.dot} data-category={category} />,
      }))
    case 'priority':
      return choosable(configuration.priorities).map(({ key, label, colour }) => ({
        ...{ key, label, change: patchOf({ priority: key }) },
        mark: <span className={classes.mark} style={{ '--mark': colour }} />,
      }))
    case 'type':
      return [...choosable(configuration.types), NONE].map(({ key, label }) => ({
        ...{ key, label, change: patchOf({ type: key || null }) },
      }))
    case 'queue':
      return [...choosable(configuration.queues), NONE].map(({ key, label }) => ({
        ...{ key, label, change: patchOf({ queue: key || null }) },
      }))
    case 'assignee': {
      const named = byMe(technicians, me)
      return [...named.slice(0, 1), { id: null, name: 'Nobody' }, ...named.slice(1)].map(({ id, name }) => ({
        ...{ key: id ?? 'nobody', label: name, change: patchOf({ assigneeId: id }) },
      }))
    }
    case 'watch':
      return [['addWatchers', 'watches'] as const, ['removeWatchers', 'no longer watches'] as const].flatMap(
        ([side, word]) =>
          byMe(technicians, me).map(({ id, name }) => ({
            ...{ key: `${side} ${id}`, label: `${name} ${word}` },
            change: { ...patchOf({}), [side]: [id] },
          })),
      )
    case 'me':
    case 'field':
    case 'macro':
    case 'snooze':
    case 'noise':
    case 'tags':
      return []
  }
}

/** By name, oneself first. */
function byMe(technicians: Desk['technicians'], me: string): { id: string; name: string }[] {
  return technicians
    .map(({ id, name }) => ({ id, name: id === me ? `${name} (me)` : name }))
    .sort((a, b) => Number(b.id === me) - Number(a.id === me) || a.name.localeCompare(b.name))
}

const NONE = { key: '', label: 'None' }
