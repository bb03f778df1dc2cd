import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import { fieldStates, isFilled, type Asked } from '../../src-shared/domain/field-states.ts'
import type { Condition } from '../../src-shared/domain/fields.ts'
import { contradictions } from '../../src-shared/settings/field-coherence.ts'

const KEYS = ['a', 'b', 'c', 'd']
const value = fc.constantFrom('x', 'y', 'z')
const condition: fc.Arbitrary<Condition> = fc
  .tuple(
    fc.constantFrom('type', ...KEYS.map((key) => `customFields.${key}`)),
    fc.subarray(['x', 'y', 'z']),
    fc.boolean(),
  )
  .map(([field, some, filled]) => (some.length > 0 && filled ? { field, in: some } : { field, filled }))
const conditions = fc.option(fc.array(condition, { maxLength: 3 }), { nil: undefined })
const schema: fc.Arbitrary<CustomField[]> = fc
  .tuple(
    ...KEYS.map((key) =>
      fc.record({ visibleWhen: conditions, requiredWhen: conditions }).map((rules) => ({ key, rules })),
    ),
  )
  .map((all) => all.map(({ key, rules }) => ({ type: 'text' as const, key, label: key, ...rules })))
const given = fc.option(value, { nil: null })
const ticket: fc.Arbitrary<Asked> = fc.record({
  type: given,
  customFields: fc.record(Object.fromEntries(KEYS.map((key) => [key, given]))),
})

/** Every ticket that there can be of those values. */
function everyTicket(): Asked[] {
  const values = ['x', 'y', 'z', null]
  return values.flatMap((type) =>
    values.flatMap((a) =>
      values.flatMap((b) => values.flatMap((c) => values.map((d) => ({ type, customFields: { a, b, c, d } })))),
    ),
  )
}

/** The same, found by going over all fields until nothing moves: only for schemas without a circle. */
function slowly(fields: CustomField[], asked: Asked): Map<string, string> {
  let shown = new Set<string>(KEYS)
  const met = (one: Condition): boolean => {
    const key = one.field.replace('customFields.', '')
    const there = one.field === 'type' ? asked.type : shown.has(key) ? asked.customFields?.[key] : null
    return 'in' in one ? one.in.includes(there as string) : isFilled(there) === one.filled
  }
  for (let round = 0; round <= KEYS.length; round++)
    shown = new Set(fields.filter(({ visibleWhen = [] }) => visibleWhen.every(met)).map(({ key }) => key))
  return new Map(
    fields.map(({ key, requiredWhen }) => [
      key,
      !shown.has(key) ? 'hidden' : requiredWhen?.every(met) ? 'required' : 'optional',
    ]),
  )
}

test('each field stands as its conditions say, in whatever order the fields come', () => {
  fc.assert(
    fc.property(schema, ticket, fc.boolean(), (fields, asked, turned) => {
      fc.pre(contradictions(fields).every(({ text }) => !text.includes('lead back')))
      const states = fieldStates(turned ? fields.toReversed() : fields, asked)
      expect(new Map(KEYS.map((key) => [key, states.get(key)]))).toEqual(slowly(fields, asked))
    }),
  )
})

/** Whether being shown leads, from field to field, back to where it began. */
function hasCircle(fields: CustomField[]): boolean {
  const leads = new Map(
    fields.map(({ key, visibleWhen = [] }) => [
      key,
      visibleWhen.map(({ field }) => field.replace('customFields.', '')),
    ]),
  )
  // Taking out, again and again, whoever waits for nobody that is left: who is never taken out waits for itself.
  for (let before = NaN; before !== leads.size;) {
    before = leads.size
    for (const [key, others] of leads) if (others.every((other) => !leads.has(other))) leads.delete(key)
  }
  return leads.size > 0
}

test('a schema with a circle is answered too, and is refused; one without is not refused for that', () => {
  fc.assert(
    fc.property(schema, ticket, (fields, asked) => {
      expect([...fieldStates(fields, asked).keys()]).toEqual(KEYS)
      const refused = contradictions(fields).some(({ text }) => text.includes('lead back'))
      expect(refused).toBe(hasCircle(fields))
    }),
  )
})

test('a field is refused as never shown or never needed exactly where no ticket shows or needs it', () => {
  const all = everyTicket()
  fc.assert(
    fc.property(schema, (fields) => {
      const wrong = contradictions(fields)
      fc.pre(wrong.every(({ text }) => /never shown|only where/.test(text)))
      const seen = new Map(KEYS.map((key) => [key, new Set<string>()]))
      for (const asked of all) for (const [key, state] of fieldStates(fields, asked)) seen.get(key)?.add(state)
      const dead = fields.filter(({ key, requiredWhen }) => {
        const states = seen.get(key)
        return !states?.has('required') && (requiredWhen !== undefined || !states?.has('optional'))
      })
      // A field that needs another to be shown which never is: told at both.
      expect(wrong.map(({ key }) => key).sort()).toEqual(dead.map(({ key }) => key).sort())
    }),
    { numRuns: 60 },
  )
})
