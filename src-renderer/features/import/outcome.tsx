import { useQuery } from '@tanstack/react-query'
import { isPersonId } from '../../../src-shared/domain/person-words.ts'
import { sameValue } from '../../../src-shared/settings/layers.ts'
import { contactQuery } from '../../tenant/contacts.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { customFieldOf, valueText } from '../inbox/value-text.ts'
import { fieldLabel } from '../ticket/field-label.ts'
import type { SeenImport } from './transfer.ts'
import { PageButton } from '../../ui/page.tsx'
import { dateTime } from '../../ui/time.ts'
import classes from './import.module.css'

/** Differences that are shown; the counts tell of all. */
const SHOWN = 50

/** What an import comes to, or came to. */
export function Counts({ view }: { view: SeenImport }) {
  return (
    <p className={classes.counts} role="status" data-testid="import-counts">
      {countsText(view)}
    </p>
  )
}

/** Rows that are not taken, with their line and the reason, and what the others change. */
export function Rows({ view, onBad }: { view: SeenImport; onBad(): void }) {
  const { differences, bad, badRows } = view
  const desk = useDesk()
  return (
    <>
      {badRows > 0 && (
        <table className={classes.table} aria-label="Rows that are not taken">
          <caption>
            {badRows.toLocaleString('en')} {badRows === 1 ? 'row is' : 'rows are'} not taken
            <PageButton onClick={onBad}>Save them all</PageButton>
          </caption>
          <tbody>
            {bad.slice(0, SHOWN).map(({ line, reason }) => (
              <tr key={line} data-bad>
                <td>Line {line}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {differences.length > 0 && (
        <table className={classes.table} aria-label="Differences">
          <caption>
            What {view.dryRun ? 'would change' : 'changed'}
            {differences.length > SHOWN && `: the first ${SHOWN}`}
          </caption>
          <tbody>
            {differences.slice(0, SHOWN).map(({ line, act, name, changes }) => (
              <tr key={line}>
                <td>Line {line}</td>
                <td>{act === 'add' ? 'New' : 'Changed'}</td>
                <th scope="row">{name}</th>
                <td>
                  {changes.flatMap(partsOf).map(({ field, before, after }) => (
                    <span key={field} className={classes.difference}>
                      {field === 'createdAt' ? 'Created' : fieldLabel(field, desk.configuration)}:{' '}
                      {act === 'change' && (
                        <del>
                          <Told field={field} value={before} />
                        </del>
                      )}{' '}
                      <ins>
                        <Told field={field} value={after} />
                      </ins>
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function countsText({ dryRun, rows, added, changed, same, badRows }: SeenImport): string {
  const n = (count: number): string => count.toLocaleString('en')
  if (dryRun)
    return `Of ${n(rows ?? 0)} rows, ${n(added)} would be added, ${n(changed)} changed, ${n(same)} are here already, ${n(badRows)} could not be taken. Nothing is written yet.`
  return `${n(added)} added, ${n(changed)} changed, ${n(same)} were here already, ${n(badRows)} could not be taken.`
}

type Difference = SeenImport['differences'][number]['changes'][number]

/** A difference of a client's own fields is one of each that differs. */
function partsOf(change: Difference): Difference[] {
  const { field, before, after } = change
  if (field !== 'customFields') return [change]
  const [was, is] = [before ?? {}, after ?? {}] as [Record<string, unknown>, Record<string, unknown>]
  return Object.keys(is)
    .filter((key) => !sameValue(was[key] ?? null, is[key] ?? null))
    .map((key) => ({ field: `customFields.${key}`, before: was[key], after: is[key] }))
}

/** A value in the client's words; a person by name. */
function Told({ field, value }: { field: string; value: unknown }) {
  const desk = useDesk()
  const isPerson = field === 'requesterId' || customFieldOf(field, desk)?.type === 'person'
  if (isPerson && typeof value === 'string' && isPersonId(value)) return <Person field={field} id={value} />
  if (value === null || value === undefined || value === '') return 'nothing'
  if ((field === 'createdAt' || field === 'dueAt') && typeof value === 'string') return dateTime(value)
  return shortened(valueText(field, value, desk))
}

function Person({ field, id }: { field: string; id: string }) {
  const { data } = useQuery({ ...contactQuery(useTenant(), id), retry: false })
  return shortened(valueText(field, id, useDesk(), data && { [data.id]: data.name }))
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
