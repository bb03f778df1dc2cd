import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandRegistry, type Command } from '../../src-renderer/app/commands/commands.ts'
import { takeKey } from '../../src-renderer/features/switcher/own-keys.ts'

const KEYS = ['a', 'b', 'g', 'Escape', 'Mod+K', 'g a', 'g g', 'b a', '*'] as const

/** Screens over each other, each with commands that know nothing of the others' keys. */
const screens = fc.array(
  fc.array(
    fc.record({
      id: fc.constantFrom('one', 'two', 'three', 'four', 'five'),
      keys: fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
  { maxLength: 4 },
)

/** Keys that the person chose for some of them. */
const chosen = fc.dictionary(
  fc.constantFrom('one', 'two', 'three', 'nobody'),
  fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 2 }),
  { maxKeys: 2 },
)

test('no two commands answer to one key, and help and palette show each key with the command that it runs', () => {
  fc.assert(
    fc.property(screens, chosen, (list, own) => {
      const registry = new CommandRegistry()
      registry.own = own
      for (const screen of list)
        registry.register({
          current: screen.map(({ id, keys }): Command => ({
            ...{ id, title: id, group: 'List', keys, run: () => undefined },
          })),
        })
      const shown = registry.all()
      for (const key of KEYS) {
        const answering = shown.filter(({ keys }) => keys.includes(key))
        expect(answering.length).toBeLessThanOrEqual(1)
        expect(registry.find(key)?.id).toBe(answering[0]?.id)
        if (answering[0]) expect(registry.startsSequence(key)).toBe(false)
        const claimed = shown.some(({ id }) => own[id]?.includes(key))
        if (claimed && answering[0]) expect(own[answering[0].id]).toContain(key)
      }
      expect(new Set(shown.map(({ id }) => id))).toEqual(new Set(list.flat().map(({ id }) => id)))
    }),
    { numRuns: 2000 },
  )
})

test('the innermost screen has the key, and the one below it keeps its others', () => {
  const registry = new CommandRegistry()
  const add = (id: string, ...keys: string[]) =>
    registry.register({ current: [{ id, title: id, group: 'Ticket', keys, run: () => undefined }] })
  add('set-status', 's', 'F2')
  const leave = add('set-status-of-many', 's')
  expect(registry.all().map(({ id, keys }) => [id, keys])).toEqual([
    ['set-status-of-many', ['s']],
    ['set-status', ['F2']],
  ])
  leave()
  expect(registry.find('s')?.id).toBe('set-status')
})

test('a key is chosen at once where it is free, the second time where it is another’s, and never where it moves the focus', () => {
  const registry = new CommandRegistry()
  const command = (id: string, ...keys: string[]): Command => ({
    ...{ id, title: id, group: 'Ticket', keys, run: () => undefined },
  })
  registry.register({ current: [command('status', 's', 'F2'), command('priority', 'p'), command('sync', 'g q')] })
  const choice = { id: 'priority', title: 'priority', asked: null, first: null }
  expect(takeKey(choice, 'Shift', registry, {}).choice).toEqual(choice)
  for (const key of ['Tab', 'Enter', 'Mod+Enter', '', 'Dead'])
    expect(takeKey(choice, key, registry, {})).toMatchObject({ choice, text: expect.stringContaining('cannot') })
  expect(takeKey(choice, 'y', registry, {})).toMatchObject({ choice: null, own: { priority: ['y'] } })

  const first = takeKey(choice, 's', registry, {})
  expect(first.own).toBeUndefined()
  expect(first.text).toContain('“status”')
  const second = takeKey(first.choice!, 's', registry, { sync: ['g q'] })
  expect(second.own).toEqual({ sync: ['g q'], priority: ['s'], status: ['F2'] })

  const begun = takeKey(choice, 'g', registry, {})
  expect(begun.own).toBeUndefined()
  expect(takeKey(begun.choice!, 'p', registry, {}).own).toEqual({ priority: ['g p'] })
})
