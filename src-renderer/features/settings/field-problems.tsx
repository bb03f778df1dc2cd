import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import classes from './settings.module.css'

/** Problems at the field that they are about. */
export function Problems({ of, id }: { of: readonly FieldProblem[]; id?: string }) {
  if (of.length === 0) return null
  const stand = of.every(({ stands }) => stands)
  return (
    <div id={id} role={stand ? 'note' : 'alert'} className={classes.problems} data-stands={stand || undefined}>
      {[...new Set(of.map(({ text }) => text))].map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  )
}
