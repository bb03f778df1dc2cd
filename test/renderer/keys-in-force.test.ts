import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandRegistry, type Command } from '../../src-renderer/app/commands/commands.ts'

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

test('no two commands answer to one key, and help and palette show each key with the command that it runs', () => {
  fc.assert(
    fc.property(screens, (list) => {
      const registry = new CommandRegistry()
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
