import { IS_MAC } from './commands.ts'
import classes from './keys.module.css'

const SYMBOLS: Record<string, string> = {
  Mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
}

/** A key combination as keycaps. */
export function Keys({ combination }: { combination: string }) {
  const parts = combination.split('+').map((part) => SYMBOLS[part] ?? part)
  return (
    <span className={classes.keys} aria-label={parts.join(' ')}>
      {parts.map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  )
}

/** The same as words, for tooltips and titles. */
export function keysText(combination: string): string {
  return combination
    .split('+')
    .map((part) => SYMBOLS[part] ?? part)
    .join(IS_MAC ? '' : '+')
}
