import { describe, expect, test } from 'vitest'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import { fieldStates, misfitOf, missingFields, withDefaults, type Asked } from '../../src-shared/domain/field-states.ts'
import { withReadableRules, type Condition } from '../../src-shared/domain/fields.ts'
import { contradictions } from '../../src-shared/settings/field-coherence.ts'

const options = [
  { key: 'hq', label: 'HQ' },
  { key: 'west', label: 'West' },
  { key: 'old', label: 'Old', retired: true as const },
]
const site: CustomField = { type: 'select', key: 'site', label: 'Site', options }
const floors: CustomField = { type: 'multi-select', key: 'floors', label: 'Floors', options }
const ups: CustomField = { type: 'checkbox', key: 'ups', label: 'On UPS' }

function text(key: string, rules: Partial<CustomField> = {}): CustomField {
  return { type: 'text', key, label: key, ...rules } as CustomField
}

const incident: Asked = { type: 'incident', status: 'open', tags: ['vip', 'site'], assigneeId: null }
const states: [why: string, conditions: Condition[], ticket: Asked, met: boolean][] = [
  ['no condition', [], {}, true],
  ['one of the values', [{ field: 'type', in: ['incident', 'change'] }], incident, true],
  ['none of the values', [{ field: 'type', in: ['change'] }], incident, false],
  ['no value', [{ field: 'type', in: ['change'] }], { type: null }, false],
  ['any of several', [{ field: 'tags', in: ['vip'] }], incident, true],
  ['none of several', [{ field: 'tags', in: ['late'] }], incident, false],
  ['filled', [{ field: 'assigneeId', filled: true }], incident, false],
  ['empty', [{ field: 'assigneeId', filled: false }], incident, true],
  ['an empty list', [{ field: 'tags', filled: true }], { tags: [] }, false],
  [
    'all of them',
    [
      { field: 'type', in: ['incident'] },
      { field: 'tags', in: ['vip'] },
    ],
    incident,
    true,
  ],
  [
    'one of them fails',
    [
      { field: 'type', in: ['incident'] },
      { field: 'tags', filled: false },
    ],
    incident,
    false,
  ],
  ['a custom field', [{ field: 'customFields.site', in: ['hq'] }], { customFields: { site: 'hq' } }, true],
  ['blanks', [{ field: 'customFields.site', filled: true }], { customFields: { site: '  ' } }, false],
  ['a box never ticked', [{ field: 'customFields.ups', in: [false] }], {}, true],
  ['a box not ticked', [{ field: 'customFields.ups', filled: true }], { customFields: { ups: false } }, false],
  ['a zero', [{ field: 'customFields.newer', filled: true }], { customFields: { newer: 0 } }, true],
  ['what is inherited', [{ field: 'customFields.toString', filled: true }], { customFields: {} }, false],
]

test.each(states)('conditions: %s', (_, conditions, ticket, met) => {
  const about = text('about', { visibleWhen: conditions })
  const needed = text('needed', { requiredWhen: conditions })
  const found = fieldStates([site, floors, ups, about, needed], ticket)
  expect([found.get('about'), found.get('needed')]).toEqual(met ? ['optional', 'required'] : ['hidden', 'optional'])
})

test('what is not shown counts as empty, is not needed, and what was retired never is', () => {
  const chain = [
    text('a', { visibleWhen: [{ field: 'type', in: ['incident'] }] }),
    text('b', { visibleWhen: [{ field: 'customFields.a', filled: true }], requiredWhen: [] }),
    text('c', { requiredWhen: [{ field: 'customFields.b', filled: true }] }),
    text('d', { requiredWhen: [], retired: true }),
  ]
  const customFields = { a: 'x', b: 'y' }
  const all = (ticket: Asked): unknown[] => [...fieldStates(chain, ticket).values()]
  expect(all({ type: 'incident', customFields })).toEqual(['optional', 'required', 'required', 'optional'])
  expect(all({ type: 'change', customFields })).toEqual(['hidden', 'hidden', 'optional', 'optional'])
  const keys = missingFields(chain, { type: 'incident', customFields }).map(({ key }) => key)
  expect(keys).toEqual(['c'])
})

test('a new ticket begins with the defaults of what it shows, but for what was emptied', () => {
  const fields = [
    text('a', { default: 'A' }),
    text('b', { default: 'B' }),
    text('c', { default: 'C', visibleWhen: [{ field: 'customFields.a', in: ['A'] }] }),
    text('d', { default: 'D', visibleWhen: [{ field: 'customFields.b', filled: true }] }),
    text('e', { default: 'E', retired: true }),
  ]
  expect(withDefaults(fields, { customFields: { b: null } })).toEqual({ a: 'A', b: null, c: 'C' })
})

describe('values', () => {
  const number: CustomField = { type: 'number', key: 'n', label: 'Seats', validation: { min: 1, max: 9 } }
  const day: CustomField = { type: 'date', key: 'd', label: 'Day', validation: { min: '2026-04-03' } }
  const at: CustomField = { type: 'date-time', key: 't', label: 'At', validation: { max: '2026-04-03T09:00:00Z' } }
  const short = text('Tag', { validation: { maxLength: 3 } })
  const like = { like: 'A-{number:4}', wanted: 'An asset number such as A-0042.' }
  const asset = text('Asset', { validation: { pattern: like } })
  test.each<[CustomField, unknown, string | null]>([
    [number, 1, null],
    [number, 9, null],
    [number, 10, 'Seats has to be from 1 to 9.'],
    [number, null, null],
    [day, '2026-04-03', null],
    [day, '2026-04-02', 'Day has to be 2026-04-03 at least.'],
    [at, '2026-04-03T08:59:59.000Z', null],
    [at, '2026-04-03T09:00:01.000Z', 'At has to be 2026-04-03T09:00:00Z at most.'],
    [short, '⚙⚙⚙', null],
    [short, 'four', 'Tag has 4 characters; it takes 3 at most.'],
    [asset, 'a-0042', null],
    [asset, '', null],
    [asset, 'A-42', 'Asset: An asset number such as A-0042.'],
  ])('%o: %j', (field, value, wrong) => expect(misfitOf(field, value as string)).toBe(wrong))

  test('a pattern looks at each letter once for each of its pieces', () => {
    const wide = text('Wide', { validation: { pattern: { like: '{words}'.repeat(28) + '!', wanted: 'Never.' } } })
    expect(misfitOf(wide, 'a'.repeat(10_000))).toBe('Wide: Never.')
  })
})

test('a rule that only a newer cloud knows asks for nothing', () => {
  const field = { type: 'text', key: 'a', label: 'A', default: 'x' }
  const newer = { ...field, visibleWhen: [{ field: 'type', unlike: 'change' }], validation: { luhn: true } }
  expect(withReadableRules(newer)).toEqual(field)
  expect(withReadableRules(field)).toBe(field)
})

const wrong: [text: string, fields: CustomField[]][] = [
  ['takes no min: only numbers', [text('f', { validation: { min: 1 } })]],
  ['a max that is none for its kind', [{ type: 'date', key: 'f', label: 'f', validation: { max: 3 } }]],
  ['the min 9 above the max 1', [{ type: 'number', key: 'f', label: 'f', validation: { min: 9, max: 1 } }]],
  ['takes no maxLength', [{ ...ups, validation: { maxLength: 3 } }]],
  ['the default "east"', [{ ...site, default: 'east' }]],
  ['the default "old"', [{ ...floors, default: ['hq', 'old'] }]],
  ['a default of another kind. Give it one of', [{ ...site, default: ['hq'] }]],
  ['a default of another kind. Give it true', [{ ...ups, default: 'yes' }]],
  ['does not take itself', [{ type: 'number', key: 'f', label: 'f', default: 3, validation: { max: 2 } }]],
  ['"customFields.gone", which is not', [text('f', { visibleWhen: [{ field: 'customFields.gone', filled: true }] })]],
  ['"site", which is not', [site, text('f', { requiredWhen: [{ field: 'site', filled: true }] })]],
  ['Site with "east"', [site, text('f', { visibleWhen: [{ field: 'customFields.site', in: ['east'] }] })]],
  ['On UPS with "yes"', [ups, text('f', { visibleWhen: [{ field: 'customFields.ups', in: ['yes'] }] })]],
  ['by what it holds itself', [text('f', { requiredWhen: [{ field: 'customFields.f', filled: false }] })]],
  [
    'lead back to it',
    [
      text('f', { visibleWhen: [{ field: 'customFields.g', filled: true }] }),
      text('g', { visibleWhen: [{ field: 'customFields.f', filled: false }] }),
    ],
  ],
  [
    'never shown',
    [
      text('f', {
        visibleWhen: [
          { field: 'type', in: ['a'] },
          { field: 'type', in: ['b'] },
        ],
      }),
    ],
  ],
  ['never shown', [text('f', { visibleWhen: [{ field: 'status', filled: false }] })]],
  [
    'only where it is not shown',
    [
      ups,
      text('f', {
        visibleWhen: [{ field: 'customFields.ups', in: [true] }],
        requiredWhen: [{ field: 'customFields.ups', filled: false }],
      }),
    ],
  ],
  [
    'only where it is not shown',
    [
      text('f', {
        visibleWhen: [{ field: 'customFields.g', filled: true }],
        requiredWhen: [{ field: 'type', in: ['b'] }],
      }),
      text('g', { visibleWhen: [{ field: 'type', in: ['a'] }] }),
    ],
  ],
]

test.each(wrong)('a schema that contradicts itself: %s', (said, fields) => {
  const [first] = contradictions(fields)
  expect(first?.text).toContain(said)
  expect(first?.text).toMatch(/^The field ".+?" .+\. .+\.$/)
})

test('a schema that does not contradict itself', () => {
  const fine = [
    { ...site, default: 'hq' },
    { ...floors, default: ['hq', 'west'] },
    ups,
    text('f', {
      default: 'A-0001',
      validation: { maxLength: 6, pattern: { like: 'A-{number:4}', wanted: 'An asset number.' } },
      visibleWhen: [
        { field: 'tags', in: ['a'] },
        { field: 'tags', in: ['b'] },
      ],
      requiredWhen: [
        { field: 'customFields.ups', in: [false] },
        { field: 'customFields.floors', in: ['hq'] },
      ],
    }),
    text('g', { visibleWhen: [{ field: 'customFields.f', filled: true }], requiredWhen: [] }),
  ]
  expect(contradictions(fine)).toEqual([])
})
