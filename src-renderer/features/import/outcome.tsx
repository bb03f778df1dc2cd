import type { SeenImport } from './transfer.ts'
import { PageButton } from '../../ui/page.tsx'
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
                  {changes.map(({ field, before, after }) => (
                    <span key={field} className={classes.difference}>
                      {field}: {act === 'change' && <del>{textOf(before)}</del>} <ins>{textOf(after)}</ins>
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

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
