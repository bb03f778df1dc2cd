import { IS_MAC } from './commands.ts'

const SYMBOLS: Record<string, string> = {
  Mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
}

/** The keys of a combination, or of a sequence of two, as they are written on a keyboard. */
export function keyNames(combination: string): string[] {
  return combination.split(/[+ ]/).map((part) => SYMBOLS[part] ?? part)
}

/** A combination as words, for tooltips and titles. */
export function keysText(combination: string): string {
  return combination.includes(' ') ? combination : keyNames(combination).join(IS_MAC ? '' : '+')
}
