import { IS_MAC } from './commands.ts'
import classes from './keys.module.css'

const SYMBOLS: Record<string, string> = {
  Mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
}

/** A key combination, or a sequence of two, as keycaps. */
export function Keys({ combination }: { combination: string }) {
  const parts = combination.split(/[+ ]/).map((part) => SYMBOLS[part] ?? part)
  return (
    <span className={classes.keys} role="img" aria-label={parts.join(combination.includes(' ') ? ' then ' : ' ')}>
      {parts.map((part, index) => (
        <kbd key={index}>{part}</kbd>
      ))}
    </span>
  )
}

/** The same as words, for tooltips and titles. */
export function keysText(combination: string): string {
  if (combination.includes(' ')) return combination
  return combination
    .split('+')
    .map((part) => SYMBOLS[part] ?? part)
    .join(IS_MAC ? '' : '+')
}
