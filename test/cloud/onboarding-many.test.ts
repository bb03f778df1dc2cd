import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { enter, readFeed, type TestCloud } from '../support/cloud.ts'
import { cases, seedOf } from '../faults/cases.ts'
import { onboardingWorld, type OnboardingDesk } from './onboarding-desk.ts'

const COUNT = cases(12, 50)
let cloud: TestCloud
let robin: OnboardingDesk
beforeAll(async () => {
  ;({ cloud, robin } = await onboardingWorld())
})
afterAll(() => cloud.close())

const word = fc.stringMatching(/^[A-Z][a-z]{3,9}$/)
const listOf = (least: number, most: number) =>
  fc
    .uniqueArray(word, { minLength: least, maxLength: most, selector: (label) => label.toLowerCase() })
    .map((labels) => labels.map((label) => ({ key: label.toLowerCase(), label })))
const zones = [
  'Europe/Berlin',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Pacific/Chatham',
  'UTC',
]
const quarter = (from: number, to: number) =>
  fc
    .integer({ min: from * 4, max: to * 4 })
    .map((i) => `${String(Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`)
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const hours = fc.oneof(
  fc.constant('24x7' as const),
  fc
    .record({ open: quarter(5, 10), shut: quarter(13, 23), on: fc.subarray([...days], { minLength: 1 }) })
    .map(({ open, shut, on }) => Object.fromEntries(on.map((day) => [day, [{ from: open, to: shut }]]))),
)
/** A client with words, hours, promises, fields, names and people of its own, or without some of them. */
const client = fc.record(
  {
    timeZone: fc.constantFrom(...zones),
    start: fc.constantFrom(
      ...['general-office', 'law-firm', 'health-practice', 'retail', 'manufacturing'].map((template) => ({
        from: 'template' as const,
        template,
      })),
      { from: 'empty' as const },
      { from: 'client' as const, client: 'Acme' },
    ),
    hours,
    types: listOf(0, 6),
    queues: listOf(0, 5),
    customFields: listOf(0, 4).map((some) =>
      some.map((one, i) => ({ ...one, type: (['text', 'number', 'date', 'checkbox'] as const)[i % 4] ?? 'text' })),
    ),
    place: fc.constantFrom({ country: 'DE', state: 'by' }, { country: 'IN' }, { country: 'US', state: 'ny' }, null),
    keepDays: fc.option(fc.integer({ min: 1, max: 4000 })),
    forget: fc.integer({ min: 5, max: 600 }),
    acts: fc.boolean(),
  },
  { requiredKeys: ['timeZone', 'start', 'acts'] },
)

test('many clients, each with another configuration, come in from files with no code changed, and each gets its own', async () => {
  const drawn =
    fc.sample(fc.uniqueArray(client, { minLength: COUNT, maxLength: COUNT, selector: (one) => JSON.stringify(one) }), {
      numRuns: 1,
      seed: seedOf('clients'),
    })[0] ?? []
  expect(drawn).toHaveLength(COUNT)
  const files = drawn.map((one, i) => ({
    onboarding: 1 as const,
    identity: { name: `Client No ${i}`, timeZone: one.timeZone, domains: [`client-${i}.example`] },
    start: one.start,
    hours: { ...(one.hours && { hours: one.hours }), ...(one.place !== undefined && { holidays: one.place }) },
    service: {
      ...(one.types && { types: one.types }),
      ...(one.queues && { queues: one.queues }),
      ...(one.customFields && { customFields: one.customFields }),
    },
    inheritance: {
      set: {
        ...(one.keepDays !== undefined && { keepDays: one.keepDays }),
        ...(one.forget && { revealForgetAfter: one.forget }),
      },
    },
    people: {
      people: [
        { technician: 'robin@alpha.example', may: ['see' as const, 'act' as const] },
        { technician: 'sam@alpha.example', may: one.acts ? ['see' as const] : [] },
      ],
    },
  }))
  const started = await Promise.all(files.map((file) => robin.start({ file: file as never })))
  const configurations = new Set<string>()
  for (const [i, { id, tenantId }] of started.entries()) {
    await robin.untilEnd(id)
    const { changes } = await readFeed(cloud.url, await enter(cloud.url, robin.token, tenantId))
    const configuration = Configuration.parse(changes.find(({ kind }) => kind === 'configuration')?.data)
    const { types, queues, customFields, keepDays, forget } = drawn[i] ?? {}
    if (types) expect(configuration.types).toEqual(types)
    if (queues) expect(configuration.queues).toEqual(queues)
    if (customFields)
      expect(configuration.customFields.map(({ key }) => key)).toEqual(customFields.map(({ key }) => key))
    if (forget) expect(configuration.vault?.forgetAfter).toBe(forget)
    if (keepDays !== undefined) expect(configuration.retention?.keepDays ?? null).toBe(keepDays)
    expect(changes.filter(({ kind, deleted }) => kind === 'technician' && !deleted)).toHaveLength(
      drawn[i]?.acts ? 2 : 1,
    )
    configurations.add(JSON.stringify(configuration))
  }
  // Some differ in people only.
  expect(configurations.size).toBeGreaterThan(COUNT * 0.9)
})
