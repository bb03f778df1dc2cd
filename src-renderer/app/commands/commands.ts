/** One action that a person can take: shown in the command palette with its keys, or run by them. */
export interface Command {
  id: string
  title: string
  group: 'Go to' | 'Clients' | 'List' | 'Ticket' | 'Inbox' | 'Console'
  /**
   * Such as `j`, `?`, `Mod+K`, `Mod+Shift+K`, `Enter`, or two in a row as `g q`; Mod is Cmd on a Mac, else Ctrl.
   * `*` stands for any text that no other command wants.
   */
  keys: readonly string[]
  /** Left out of the palette (it would make no sense there), but in the help. */
  palette?: false
  /** Acts on no client and no ticket, so it need not wait for a screen that is on its way. */
  anywhere?: boolean
  /** @param text what was typed, for `*` */
  run(text?: string): void
}

export const IS_MAC = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

/**
 * The key combination of an event in the form of {@link Command.keys}. Printable keys carry their own shift
 * (`?`, not `Shift+/`); with Mod the physical digit counts, because layouts differ.
 */
export function combinationOf(event: KeyboardEvent, mac = IS_MAC): string {
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  if (other || event.altKey) return ''
  const digit = mod ? /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] : undefined
  const key = digit ?? event.key
  if (!mod) return key
  const name = key.length === 1 ? key.toUpperCase() : key
  return `Mod+${event.shiftKey ? 'Shift+' : ''}${name}`
}

/** What is registered now; the newest registration of a key wins, so that the innermost screen does. */
export class CommandRegistry {
  readonly #sets = new Set<{ current: readonly Command[] }>()
  /** Keys that the person chose, by id: they take the place of a command's own, and go before those of others. */
  own: Readonly<Record<string, readonly string[]>> = {}

  /** Adds commands; the holder's content may change while it is registered. Returns how to remove them. */
  register(holder: { current: readonly Command[] }): () => void {
    this.#sets.add(holder)
    return () => this.#sets.delete(holder)
  }

  /**
   * Every command, each id once, newest first, with the keys in force: no two answer to one key, and none keeps a key
   * that begins a sequence and so never reaches it.
   */
  all(): Command[] {
    const byId = new Map<string, Command>()
    for (const holder of [...this.#sets].reverse())
      for (const command of holder.current) if (!byId.has(command.id)) byId.set(command.id, command)
    const { own } = this
    const commands = [...byId.values()].map((command) => {
      const keys = own[command.id]
      return keys ? { ...command, keys } : command
    })
    commands.sort((a, b) => Number(b.id in own) - Number(a.id in own))
    const taken = new Set(
      commands.flatMap(({ keys }) => keys.filter((key) => key.includes(' ')).map((key) => key.split(' ')[0])),
    )
    return commands.map((command) => {
      const keys = command.keys.filter((key) => !taken.has(key))
      for (const key of keys) taken.add(key)
      return keys.length === command.keys.length ? command : { ...command, keys }
    })
  }

  find(combination: string): Command | undefined {
    return this.all().find((command) => command.keys.includes(combination))
  }

  /** Runs the command of an id, where one is offered now, whatever its keys are. */
  run(id: string): void {
    this.all()
      .find((command) => command.id === id)
      ?.run()
  }

  /** Whether a sequence of two begins with this combination. */
  startsSequence(combination: string): boolean {
    return this.all().some((command) => command.keys.some((keys) => keys.startsWith(`${combination} `)))
  }
}

/** What a field does with its own text. */
const EDITING: ReadonlySet<string> = new Set(['Mod+A', 'Mod+C', 'Mod+V', 'Mod+X', 'Mod+Z', 'Mod+Shift+Z', 'Mod+Y'])

/** Whether a key pressed here belongs to the element rather than to the console. */
export function belongsToElement(target: EventTarget | null, combination: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog')) return true
  if (EDITING.has(combination)) return target.closest('input, textarea, [contenteditable=true]') !== null
  if (combination.startsWith('Mod+')) return false
  if (target.closest('input, textarea, select, [contenteditable=true], [role=menu], [role=listbox]')) return true
  return (combination === 'Enter' || combination === ' ') && target.closest('button, a, [role=button]') !== null
}
