import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { Macro } from '../../src-shared/domain/macros.ts'
import { incoherences } from '../../src-shared/settings/coherence.ts'
import {
  changedLayer,
  differenceOf,
  resolveLayers,
  sameValue,
  valuesOf,
  type Layer,
} from '../../src-shared/settings/layers.ts'
import { proofOf } from '../../src-shared/settings/proof.ts'
import {
  configurationOf,
  SettingKey,
  Settings,
  settingsOf,
  type LayerValues,
} from '../../src-shared/settings/settings.ts'
import { builtIn, templates } from '../../src-cloud/templates/templates.ts'
import { cases, seedOf } from '../faults/cases.ts'
import { sampleConfiguration } from '../support/sample.ts'

const facts = { timeZone: 'Europe/Berlin', publicHolidays: () => [{ date: '2026-12-25', name: 'Christmas Day' }] }
const base: Layer = { origin: 'built-in', values: builtIn() }
const organisation = (values: LayerValues): Layer => ({ origin: 'organisation', values })
const template = (values: LayerValues): Layer => ({ origin: 'template', name: 'Law firm', values })
const client = (values: LayerValues): Layer => ({ origin: 'client', values })

describe('a setting comes from the highest layer that has it', () => {
  const below = { value: 60, origin: 'built-in', name: null }
  test.each([
    ['nothing but what is built in', [], { ...below, inherited: null }],
    [
      'the organisation’s default',
      [organisation({ atRiskMinutes: 30 })],
      { value: 30, origin: 'organisation', name: null, inherited: null },
    ],
    [
      'a template over the organisation',
      [organisation({ atRiskMinutes: 30 }), template({ atRiskMinutes: 20 })],
      { value: 20, origin: 'template', name: 'Law firm', inherited: null },
    ],
    [
      'the client’s own over a template, which a revert would bring back',
      [organisation({ atRiskMinutes: 30 }), template({ atRiskMinutes: 20 }), client({ atRiskMinutes: 10 })],
      { value: 10, origin: 'client', name: null, inherited: { value: 20, origin: 'template', name: 'Law firm' } },
    ],
    [
      'a zero or an empty list is a value too',
      [organisation({ atRiskMinutes: 30 }), client({ atRiskMinutes: 0 })],
      { value: 0, origin: 'client', name: null, inherited: { value: 30, origin: 'organisation', name: null } },
    ],
    [
      'the client’s own where it is the same as below is still its own',
      [client({ atRiskMinutes: 60 })],
      { value: 60, origin: 'client', name: null, inherited: below },
    ],
    [
      'layers without it do not count',
      [organisation({}), template({ keepDays: 5 }), client({ keepDays: null })],
      { ...below, inherited: null },
    ],
  ])('%s', (_name, above, expected) => {
    expect(resolveLayers([base, ...above]).atRiskMinutes).toEqual(expected)
  })

  test('null is a value: a client can take back a promise that its template makes', () => {
    const { keepDays } = resolveLayers([base, template({ keepDays: 3650 }), client({ keepDays: null })])
    expect(keepDays).toMatchObject({ value: null, origin: 'client', inherited: { value: 3650, origin: 'template' } })
  })
})

/** Layers drawn from the values of the templates that there are, and some plain ones. */
const pool = [
  builtIn(),
  ...templates().map(({ settings }) => settings),
  { atRiskMinutes: 0, keepDays: null, types: [], holidays: { country: 'DE' } },
]
const layerValues: fc.Arbitrary<LayerValues> = fc
  .array(fc.tuple(fc.constantFrom(...SettingKey.options), fc.nat(pool.length - 1)), { maxLength: 12 })
  .map(
    (picks) =>
      Object.fromEntries(
        picks.flatMap(([key, i]) => (pool[i]?.[key] === undefined ? [] : [[key, pool[i][key]]])),
      ) as LayerValues,
  )
const stack = fc.record({ o: layerValues, t: layerValues, c: layerValues })
const run = { numRuns: cases(300, 5000), seed: seedOf('layers') }
const layersOf = ({ o, t, c }: { o: LayerValues; t: LayerValues; c: LayerValues }) => [
  base,
  organisation(o),
  template(t),
  client(c),
]

describe('whatever the layers', () => {
  test('every value is the one of the layer that it names, and nothing above that has one', () => {
    fc.assert(
      fc.property(stack, (given) => {
        const layers = layersOf(given)
        const resolved = resolveLayers(layers)
        for (const key of SettingKey.options) {
          const at = layers.findIndex(({ origin }) => origin === resolved[key].origin)
          expect(resolved[key].value).toEqual(layers[at]?.values[key])
          expect(layers.slice(at + 1).every(({ values }) => values[key] === undefined)).toBe(true)
        }
      }),
      run,
    )
  })

  test('a revert gives exactly what was told as inherited, and leaves every other setting alone', () => {
    fc.assert(
      fc.property(stack, fc.constantFrom(...SettingKey.options), (given, key) => {
        const before = resolveLayers(layersOf(given))
        const after = resolveLayers(layersOf({ ...given, c: changedLayer(given.c, { revert: [key] }) }))
        const { inherited } = before[key]
        expect(after[key]).toEqual(inherited ? { ...inherited, inherited: null } : before[key])
        for (const other of SettingKey.options) if (other !== key) expect(after[other]).toEqual(before[other])
      }),
      run,
    )
  })

  test('a change below never shows through what the client has itself, and always through what it has not', () => {
    fc.assert(
      fc.property(stack, layerValues, (given, next) => {
        const after = valuesOf(resolveLayers(layersOf({ ...given, o: next })))
        const fresh = valuesOf(resolveLayers([base, organisation(next)]))
        for (const key of SettingKey.options) {
          if (given.c[key] !== undefined) expect(after[key]).toEqual(given.c[key])
          else if (given.t[key] === undefined) expect(after[key]).toEqual(fresh[key])
        }
      }),
      run,
    )
  })

  test('a difference, taken over, makes the one of the other; of two that are the same it is empty', () => {
    fc.assert(
      fc.property(layerValues, layerValues, (a, b) => {
        const difference = differenceOf(a, b)
        const set = Object.fromEntries(
          difference.filter((one) => 'after' in one).map((one) => [one.setting, one.after]),
        )
        const revert = difference.filter((one) => !('after' in one)).map((one) => one.setting)
        expect(sameValue(changedLayer(a, { set, revert }), b)).toBe(true)
        expect(differenceOf(a, structuredClone(a))).toEqual([])
      }),
      run,
    )
  })

  test('what compartments get is a configuration, and it leads back to the same settings', () => {
    fc.assert(
      fc.property(stack, (given) => {
        const settings = valuesOf(resolveLayers(layersOf(given)))
        const configuration = configurationOf(settings, facts)
        expect(Configuration.parse(configuration)).toEqual(configuration)
        expect(configurationOf(Settings.parse(settingsOf(configuration)), facts)).toEqual(configuration)
      }),
      run,
    )
  })
})

test('a client from before there were layers keeps what it has: every value counts as its own', () => {
  const own = settingsOf(sampleConfiguration)
  const resolved = resolveLayers([base, organisation({ atRiskMinutes: 5, types: [] }), client(own)])
  expect(Object.values(resolved).every(({ origin }) => origin === 'client')).toBe(true)
  expect(configurationOf(valuesOf(resolved), facts)).toMatchObject(sampleConfiguration)
})

test('“client” in a calendar stands for the client’s time zone and holidays; what is written out stays', () => {
  const { sla } = configurationOf(
    { ...builtIn(), holidays: { country: 'DE' }, ownDays: [{ date: '2026-12-24', name: 'Half day' }] },
    facts,
  )
  expect(sla?.calendars[0]).toMatchObject({ timeZone: 'Europe/Berlin' })
  expect(sla?.calendars[0]?.holidays.map(({ date }) => date)).toEqual(['2026-12-25', '2026-12-24'])
})

const macro = (more: object) => Macro.parse({ key: 'hi', label: 'Hi', ...more })

const choice = (key: string, more: object = {}) => ({
  ...{ type: 'select' as const, key, label: key, options: ['a', 'b'].map((one) => ({ key: one, label: one })) },
  ...more,
})
const all = { a: { a: 'p1', b: 'p2' }, b: { a: 'p2', b: 'p3' } }
const matrix = (more: object): LayerValues => ({
  customFields: [
    ...[choice('reach'), choice('haste'), choice('old', { retired: true })],
    choice('seen', { visibleWhen: [{ field: 'priority', in: ['p1'] }] }),
    { type: 'text', key: 'note', label: 'Note' },
  ],
  priorities: [...builtIn().priorities, { key: 'p5', label: 'P5', rank: 5, colour: '#000000', retired: true }],
  priorityMatrix: { impact: 'reach', urgency: 'haste', priorities: all, ...more },
})

describe('settings that do not fit together', () => {
  test.each([
    [{ targets: [{ calendar: 'night', resolution: 60 }] }, 'the calendar "night", which is not there'],
    [{ targets: [{ calendar: 'office' }] }, 'promises nothing'],
    [
      { statuses: [{ key: 'new', label: 'New', category: 'new' as const, stopsClock: false }] },
      'No status ends a ticket',
    ],
    [
      {
        types: [
          { key: 'a', label: 'A' },
          { key: 'a', label: 'B' },
        ],
      },
      'types has the key "a" more than once',
    ],
    [{ noise: { rules: [], mark: { status: 'gone', tags: [] } } }, 'Noise sets the status "gone", which is not there'],
    [matrix({ impact: 'gone' }), 'the field "gone" for impact, which is not there'],
    [matrix({ urgency: 'note' }), '"Note" for urgency, which is no choice of one'],
    [matrix({ urgency: 'seen' }), '"seen" for urgency, which is shown by the priority'],
    [matrix({ urgency: 'old' }), '"old" for urgency, which is retired'],
    [matrix({ urgency: 'reach' }), '"reach" for impact and for urgency'],
    [matrix({ priorities: { a: { a: 'p1', b: 'p1' } } }), 'nothing for reach "b" with haste "a"'],
    [matrix({ priorities: { ...all, b: { a: 'p1' } } }), 'nothing for reach "b" with haste "b"'],
    [matrix({ priorities: { ...all, b: { a: 'p9', b: 'p1' } } }), 'the priority "p9" for reach "b" with haste "a"'],
    [
      matrix({ priorities: { ...all, b: { a: 'p5', b: 'p1' } } }),
      '"P5" for reach "b" with haste "a", which is retired',
    ],
    [{ macros: [macro({ set: { priority: 'p9' } })] }, 'The macro "Hi" sets the priority "p9"'],
    [{ macros: [macro({ text: 'Dear {{requester.nam}}' })] }, 'the variable {{requester.nam}}, which nobody fills'],
  ])('are told in one sentence: %j', (change, sentence) => {
    const found = incoherences({ ...builtIn(), ...change })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(sentence)
  })

  test('are not a matrix of all options, nor what it has of options that are gone or retired', () => {
    const { customFields = [] } = matrix({})
    const more = { priorities: { ...all, c: { a: 'p5' }, gone: { a: 'p9' } } }
    const retired = { key: 'c', label: 'c', retired: true as const }
    const fields = customFields.map((one) =>
      one.key === 'reach' && 'options' in one ? { ...one, options: [...one.options, retired] } : one,
    )
    expect(incoherences({ ...builtIn(), ...matrix(more), customFields: fields })).toEqual([])
  })

  test('are in none of the templates', () => {
    for (const { settings } of templates()) expect(incoherences({ ...builtIn(), ...settings })).toEqual([])
  })
})

describe('the sentence that proves the hours', () => {
  const now = Date.parse('2026-09-02T10:00:00Z')
  const sentenceOf = (change: LayerValues, timeZone = 'Europe/Berlin') =>
    proofOf(configurationOf({ ...builtIn(), ...change }, { ...facts, timeZone }), now)?.sentence
  const week = (spans: { from: string; to: string }[], ...days: string[]) => ({
    calendars: [
      {
        key: 'office',
        label: 'Office',
        timeZone: 'client' as const,
        holidays: 'client' as const,
        hours: Object.fromEntries(days.map((day) => [day, spans])),
      },
    ],
  })
  test.each([
    ['built in', {}, 'A P1 raised on Friday 16:55 is due Monday 09:25.'],
    [
      'a week from Sunday to Thursday',
      week([{ from: '08:00', to: '16:00' }], 'sunday', 'monday', 'tuesday', 'wednesday', 'thursday'),
      'A P1 raised on Thursday 15:55 is due Sunday 08:25.',
    ],
    [
      'Saturday mornings',
      week([{ from: '08:00', to: '12:00' }], 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'),
      'A P1 raised on Saturday 11:55 is due Monday 08:25.',
    ],
    [
      'one day a week',
      week([{ from: '09:00', to: '09:20' }], 'wednesday'),
      'A P1 raised on Wednesday, 9 September, 09:15 is due Wednesday, 23 September, 09:05.',
    ],
  ])('%s', (_name, change, sentence) => {
    expect(sentenceOf(change)).toBe(sentence)
  })
  test('round the clock', () => {
    const always = {
      calendars: [
        { key: 'office', label: 'Always', timeZone: 'client' as const, holidays: [], hours: '24x7' as const },
      ],
    }
    expect(sentenceOf(always)).toBe('A P1 raised on Friday 16:55 is due Friday 17:25.')
  })
  test('a week with a holiday is passed over: the sentence is of a usual week', () => {
    const first = proofOf(
      configurationOf(
        { ...builtIn(), ownDays: [{ date: '2026-09-14', name: 'Day off' }] },
        { ...facts, publicHolidays: () => [] },
      ),
      now,
    )
    expect(first?.sentence).toBe('A P1 raised on Friday 16:55 is due Monday 09:25.')
  })
  test('is the same in every time zone', () => {
    for (const zone of ['Pacific/Auckland', 'America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Kiritimati'])
      expect(sentenceOf({}, zone)).toBe('A P1 raised on Friday 16:55 is due Monday 09:25.')
  })
  test('is not there where nothing is promised', () => {
    expect(sentenceOf({ targets: [] })).toBeUndefined()
  })
})
