import { afterEach, expect, test, vi } from 'vitest'
import { CommandRegistry, type Command } from '../../src-renderer/app/commands/commands.ts'
import { KeyDispatcher, type KeyPort, type KeyPress } from '../../src-renderer/app/commands/dispatcher.ts'

interface Typed {
  key: string
  at?: number
  repeat?: boolean
  ctrlKey?: boolean
}

afterEach(() => void vi.useRealTimers())

/** A keyboard, a screen whose commands and text field can change, and what came of the keys. */
function startKeyboard(commands: Record<string, (text?: string) => void>, holdMs = 60_000) {
  const registry = new CommandRegistry()
  const holder = { current: [] as Command[] }
  registry.register(holder)
  const show = (next: Record<string, (text?: string) => void>): void => {
    holder.current = Object.entries(next).map(([keys, run]) => ({
      ...{ id: keys, title: keys, group: 'List', keys: [keys], run },
    }))
  }
  show(commands)
  const written: string[] = []
  let field = false
  const eventOf = ({ key, at = 0, repeat = false, ctrlKey = false }: Typed) =>
    ({
      ...{ key, code: '', ctrlKey, metaKey: false, shiftKey: false, altKey: false, repeat, timeStamp: at },
      ...{ isComposing: false, getModifierState: () => false },
    }) as unknown as KeyboardEvent
  const land = (typed: Typed): void => {
    const event = eventOf(typed)
    if (dispatcher.keep(event)) return
    if (dispatcher.run(event, (combination) => field && !combination.startsWith('Mod+'))) return
    if (field) written.push(typed.key)
  }
  const port: KeyPort = {
    press: (key: KeyPress) => land(key),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  }
  const dispatcher = new KeyDispatcher(registry, port, { mac: false, holdMs })
  return {
    dispatcher,
    written,
    show,
    type: (...keys: (string | Typed)[]) => keys.forEach((key) => land(typeof key === 'string' ? { key } : key)),
    focusField: () => (field = true),
  }
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

test('keys typed while a ticket opens reach it in order: the command first, the rest as text', async () => {
  const ran: string[] = []
  const keyboard = startKeyboard({
    Enter: () => keyboard.dispatcher.hold('ticket'),
    i: () => ran.push('assigned on the list'),
  })
  keyboard.type('Enter', 'n', 'i', 's')
  expect(ran).toEqual([])
  keyboard.show({ n: () => keyboard.focusField(), i: () => ran.push('assigned on the ticket') })
  keyboard.dispatcher.arrive('ticket')
  keyboard.type(' ', 'o', 'k')
  await settled()
  expect(ran).toEqual([])
  expect(keyboard.written.join('')).toBe('is ok')
})

test('a held key that opens another screen holds what follows for that screen', async () => {
  const ran: string[] = []
  const keyboard = startKeyboard({ Enter: () => keyboard.dispatcher.hold('first') })
  keyboard.type('Enter', ']', 's')
  keyboard.show({ ']': () => keyboard.dispatcher.hold('second'), s: () => ran.push('on the first') })
  const leave = keyboard.dispatcher.arrive('first')
  await settled()
  expect(ran).toEqual([])
  leave()
  keyboard.show({ s: () => ran.push('on the second') })
  keyboard.dispatcher.arrive('second')
  await settled()
  expect(ran).toEqual(['on the second'])
})

test('what is typed for a client that does not come is dropped to its end, and never acts on the one that was left', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ran: string[] = []
  const keyboard = startKeyboard({ p: () => ran.push('priority'), s: () => ran.push('status') }, 5000)
  keyboard.dispatcher.hold('client')
  keyboard.type({ key: 'p', at: 4900 })
  vi.advanceTimersByTime(4999)
  keyboard.type({ key: 's', at: 4999 })
  vi.advanceTimersByTime(1)
  await settled()
  keyboard.type({ key: 'p', at: 5300 }, { key: 's', at: 6200 })
  expect(ran).toEqual([])
  keyboard.type({ key: 's', at: 7300 })
  expect(ran).toEqual(['status'])
})

test('a screen that stands already is not waited for', async () => {
  const ran: string[] = []
  const keyboard = startKeyboard({ s: () => ran.push('s') })
  keyboard.dispatcher.arrive('here')
  keyboard.dispatcher.hold('elsewhere')
  keyboard.type('s')
  keyboard.dispatcher.hold('here')
  await settled()
  keyboard.type('s')
  expect(ran).toEqual(['s'])
})

test('what was typed for a screen is dropped when a person goes elsewhere before it stands', async () => {
  const ran: string[] = []
  const keyboard = startKeyboard({ s: () => ran.push('s') })
  keyboard.dispatcher.hold('first')
  keyboard.type('s')
  keyboard.dispatcher.hold('second')
  keyboard.dispatcher.arrive('second')
  await settled()
  expect(ran).toEqual([])
})

test('a key that is held down while a screen opens acts once', async () => {
  let steps = 0
  const keyboard = startKeyboard({ j: () => steps++ })
  keyboard.dispatcher.hold('ticket')
  keyboard.type('j', { key: 'j', repeat: true }, { key: 'j', repeat: true })
  keyboard.dispatcher.arrive('ticket')
  await settled()
  expect(steps).toBe(1)
})

test('two keys in a row go to a screen; a pause, an unknown second key or a text field between them does not', () => {
  const ran: string[] = []
  const keyboard = startKeyboard({ 'g q': () => ran.push('sync'), q: () => ran.push('q'), s: () => ran.push('s') })
  keyboard.type('g', 'q')
  expect(ran).toEqual(['sync'])
  keyboard.type({ key: 'g', at: 10_000 }, { key: 'q', at: 20_000 })
  expect(ran).toEqual(['sync', 'q'])
  keyboard.type('g', 's', 's')
  expect(ran).toEqual(['sync', 'q', 's'])
  keyboard.type('g', 'Shift', 'q')
  expect(ran).toEqual(['sync', 'q', 's', 'sync'])
  keyboard.focusField()
  keyboard.type('g', 'q')
  expect(ran).toHaveLength(4)
  expect(keyboard.written).toEqual(['g', 'q'])
})

test('text that no command wants goes to the screen that takes any, with the beginning of a sequence', () => {
  const typed: (string | undefined)[] = []
  const ran: string[] = []
  const keyboard = startKeyboard({ '*': (text) => typed.push(text), 'g q': () => ran.push('sync') })
  keyboard.type('b', 'g', 'r', ' ')
  expect(typed).toEqual(['b', 'gr'])
  expect(ran).toEqual([])
})
