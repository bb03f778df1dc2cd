import { keyNames } from './key-names.ts'
import classes from './keys.module.css'

/** A key combination, or a sequence of two, as keycaps. */
export function Keys({ combination }: { combination: string }) {
  const names = keyNames(combination)
  return (
    <span className={classes.keys} role="img" aria-label={names.join(combination.includes(' ') ? ' then ' : ' ')}>
      {names.map((name, index) => (
        <kbd key={index}>{name}</kbd>
      ))}
    </span>
  )
}
