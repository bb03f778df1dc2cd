import type { BulkChange, BulkPreview } from '../../../src-shared/domain/bulk.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { describeBulk } from '../ticket/describe-patch.ts'
import { patchOf } from './bulk-choices.tsx'
import type { BulkUse } from './bulk-use.ts'
import classes from './bulk.module.css'
import { capital } from '../../ui/capital.ts'

interface BulkPartsProps {
  use: BulkUse
  /** With what was filled in. */
  change: BulkChange
  preview: BulkPreview
}

/** What each part of a change would do, and to how many; where there is one part alone the title tells it. */
export function BulkParts({ use, change, preview }: BulkPartsProps) {
  const desk = useDesk()
  const parts = partsOf(change, desk)
  if (use.texts)
    parts.push({ key: 'text', text: use.texts.kind === 'reply' ? 'public reply sent' : 'internal note added' })
  if (parts.length < 2 && !use.macro) return null
  return (
    <ul className={classes.parts} aria-label="Parts">
      {parts.map(({ key, text }) => {
        const count = preview.parts[key] ?? 0
        return (
          <li key={key} data-none={count === 0 || undefined}>
            <span>{capital(text)}</span> <b>{count.toLocaleString('en')}</b>
          </li>
        )
      })}
    </ul>
  )
}

/** The parts of a change in words, by the names that a preview counts them by. */
function partsOf(change: BulkChange, desk: Desk): { key: string; text: string }[] {
  const { patch, fill = {}, ...lists } = change
  const { customFields = {}, ...fields } = patch
  const said = (part: Partial<BulkChange>): string => describeBulk({ ...patchOf({}), ...part }, desk)
  const { addTags, removeTags, addWatchers, removeWatchers, addTasks } = lists
  return [
    ...Object.entries(fields).map(([key, value]) => ({ key, text: said({ patch: { [key]: value } }) })),
    ...Object.entries({ ...customFields, ...fill }).map(([key, value]) => ({
      ...{ key: `customFields.${key}`, text: said({ patch: { customFields: { [key]: value } } }) },
    })),
    { key: 'tags', text: said({ addTags, removeTags }) },
    { key: 'watchers', text: said({ addWatchers, removeWatchers }) },
    { key: 'tasks', text: said({ addTasks }) },
  ].filter(({ text }) => text !== '')
}
