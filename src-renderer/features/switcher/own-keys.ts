import type { CommandRegistry } from '../../app/commands/commands.ts'
import { MODIFIERS } from '../../app/commands/dispatcher.ts'
import { keysText } from '../../app/commands/key-names.ts'
import type { Settings } from '../../../src-shared/domain/views.ts'

export type OwnKeys = Settings['keys']

/** A command whose key is being chosen. */
export interface KeyChoice {
  id: string
  title: string
  /** The key of another command that was pressed once: pressed again, it is taken from there. */
  asked: string | null
  /** The first of two keys in a row, such as the `g` of `g q`. */
  first: string | null
}

interface Taken {
  /** What to say. */
  text: string
  /** The choice that goes on; null once it is made. */
  choice: KeyChoice | null
  /** The person's keys with this one, once it is chosen. */
  own?: OwnKeys
}

/** Keys that move the focus, or leave what is open, wherever one is. */
const FIXED = /^(?:Tab|Enter|Escape|Backspace|Delete| |Dead|Unidentified|Process)$/

/** Takes a key for a command: at once where it is free, the second time where it is another's. */
export function takeKey(choice: KeyChoice, pressed: string, registry: CommandRegistry, own: OwnKeys): Taken {
  const { id, title } = choice
  const bare = pressed.replace(/^Mod\+(?:Shift\+)?/, '')
  // A combination begins with these.
  if (MODIFIERS.test(bare)) return { text: askFor(title), choice }
  if (bare === '' || FIXED.test(bare))
    return { text: `That key cannot be chosen. Press another one for “${title}”.`, choice }
  if (choice.first === null && registry.startsSequence(pressed))
    return { text: `${keysText(pressed)}, and then? Press the second key.`, choice: { ...choice, first: pressed } }
  const combination = choice.first === null ? pressed : `${choice.first} ${pressed}`
  const other = registry.all().find((command) => command.id !== id && command.keys.includes(combination))
  if (other && choice.asked !== combination) {
    return {
      text: `${keysText(combination)} is “${other.title}”. Press it again to take it from there, or press another key.`,
      choice: { ...choice, asked: combination, first: null },
    }
  }
  return {
    text: `“${title}” is now ${keysText(combination)}.`,
    choice: null,
    own: {
      ...own,
      ...(other && { [other.id]: other.keys.filter((key) => key !== combination) }),
      [id]: [combination],
    },
  }
}

/** Asks for the key of a command. */
export function askFor(title: string): string {
  return `Press the key for “${title}”. Esc leaves it as it is.`
}
