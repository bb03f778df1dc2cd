import { combinationOf, IS_MAC, type Command, type CommandRegistry } from './commands.ts'

/** What a key press is, apart from where it lands. */
export interface KeyPress {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

/** What the dispatcher needs of the window. */
export interface KeyPort {
  /** Presses a key that was held, where the focus is now. */
  press(key: KeyPress): void
  /** Resolves when the screen has followed the last key. */
  settle(): Promise<void>
}

interface Options {
  mac?: boolean
  /** Longest time that keys are held for a screen that does not come, in ms. */
  holdMs?: number
  /** Pause that ends what a person was typing when held keys were dropped, in ms. */
  pauseMs?: number
  /** Longest pause within a sequence such as `g q`, in ms. */
  sequenceMs?: number
}

const NAMED = /^(?:Enter|Escape|Backspace|Delete|Home|End|PageUp|PageDown|Arrow(?:Up|Down|Left|Right))$/
/** Keys that mean nothing by themselves. */
export const MODIFIERS = /^(?:Shift|Control|Alt|AltGraph|Meta|CapsLock)$/

/**
 * Decides what a key does. While a screen is on its way, keys are held and pressed again in order once it stands, so
 * that typing ahead reaches the screen that it is meant for and never the one that is left. Where the screen does not
 * come in time, what was held is dropped, and so is the rest of what is being typed: it was meant for no other, and
 * half of a word is no command.
 */
export class KeyDispatcher {
  readonly #registry: CommandRegistry
  readonly #port: KeyPort
  readonly #mac: boolean
  readonly #holdMs: number
  readonly #pauseMs: number
  readonly #sequenceMs: number
  readonly #present = new Map<string, number>()
  #awaited: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #held: KeyPress[] = []
  /** When the last key was held, in the time of events. */
  #heldAt = 0
  /** Held keys were dropped, and there was no pause since. */
  #dropping = false
  #draining = false
  #pressing = false
  #prefix: { key: string; at: number } | null = null

  constructor(registry: CommandRegistry, port: KeyPort, options: Options = {}) {
    this.#registry = registry
    this.#port = port
    this.#mac = options.mac ?? IS_MAC
    this.#holdMs = options.holdMs ?? 15_000
    this.#pauseMs = options.pauseMs ?? 1000
    this.#sequenceMs = options.sequenceMs ?? 1500
  }

  /** Holds keys until this place stands. A later place takes over: only the last one that was asked for comes. */
  hold(place: string): void {
    clearTimeout(this.#timer)
    this.#prefix = null
    this.#dropping = false
    // What was held was meant for the place that is given up.
    if (this.#awaited !== null && this.#awaited !== place) this.#held = []
    if (this.#present.has(place)) return this.#release()
    this.#awaited = place
    this.#timer = setTimeout(() => {
      this.#dropping = this.#held.length > 0
      this.#held = []
      this.#release()
    }, this.#holdMs)
  }

  /** Holds keys until this place stands, unless they are held for another already. */
  holdUnlessHeld(place: string): void {
    if (this.#awaited === null) this.hold(place)
  }

  /** Says that a place stands. @returns says that it is gone */
  arrive(place: string): () => void {
    this.#present.set(place, (this.#present.get(place) ?? 0) + 1)
    if (this.#awaited === place) {
      clearTimeout(this.#timer)
      this.#release()
    }
    return () => {
      const left = (this.#present.get(place) ?? 1) - 1
      if (left > 0) this.#present.set(place, left)
      else this.#present.delete(place)
    }
  }

  /** Whether held keys are being pressed: one that comes now is behind them, wherever it lands. */
  get draining(): boolean {
    return this.#draining
  }

  /** First look at a key, before any element has it. @returns whether it is held; then nothing else must see it */
  keep(event: KeyboardEvent): boolean {
    if (event.timeStamp - this.#heldAt > this.#pauseMs) this.#dropping = false
    if (this.#pressing || (this.#awaited === null && !this.#draining && !this.#dropping)) return false
    if (event.isComposing || !this.#isKept(event)) return false
    if (this.#held.length === 0 && !this.#draining && this.#registry.find(combinationOf(event, this.#mac))?.anywhere)
      return false
    const { key, code, ctrlKey, metaKey, shiftKey, altKey } = event
    this.#heldAt = event.timeStamp
    if (this.#dropping) return true
    // A key that is held down would go on acting long after it was let go.
    if (!event.repeat) this.#held.push({ key, code, ctrlKey, metaKey, shiftKey, altKey })
    return true
  }

  /**
   * Runs what a key means.
   * @param taken whether the element in focus wants this combination for itself
   * @returns whether it meant something
   */
  run(event: KeyboardEvent, taken: (combination: string) => boolean): boolean {
    if (MODIFIERS.test(event.key)) return false
    const combination = combinationOf(event, this.#mac)
    const prefix = this.#prefix
    this.#prefix = null
    if (combination === '' || taken(combination)) return false
    if (prefix && event.timeStamp - prefix.at <= this.#sequenceMs) {
      const command = this.#registry.find(`${prefix.key} ${combination}`)
      if (command) command.run()
      else if (combination.length === 1) this.#type(prefix.key + combination)
      return true
    }
    if (this.#registry.startsSequence(combination)) {
      this.#prefix = { key: combination, at: event.timeStamp }
      return true
    }
    const command = this.#registry.find(combination)
    if (command) command.run()
    return command !== undefined || (combination.length === 1 && this.#type(combination))
  }

  /** Text that no command wants goes to the screen that takes any. */
  #type(text: string): boolean {
    const command: Command | undefined = text.trim() === '' ? undefined : this.#registry.find('*')
    command?.run(text)
    return command !== undefined
  }

  #isKept(event: KeyboardEvent): boolean {
    if (event.key.length === 1 && event.getModifierState('AltGraph')) return true
    const combination = combinationOf(event, this.#mac)
    if (combination.startsWith('Mod+')) {
      return combination === 'Mod+Enter' || this.#registry.find(combination) !== undefined
    }
    return combination.length === 1 || NAMED.test(combination)
  }

  #release(): void {
    this.#awaited = null
    void this.#drain()
  }

  async #drain(): Promise<void> {
    if (this.#draining) return
    this.#draining = true
    await this.#port.settle()
    while (this.#awaited === null) {
      const key = this.#held.shift()
      if (!key) break
      this.#pressing = true
      try {
        this.#port.press(key)
      } finally {
        this.#pressing = false
      }
      await this.#port.settle()
    }
    this.#draining = false
  }
}
