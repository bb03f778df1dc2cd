import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { NoiseRule, noiseRuleOf } from '../../src-shared/domain/noise.ts'
import { configuration, contactOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const open: Driven[] = []
const places: ReturnType<typeof temporaryFolder>[] = []
const clouds: ScriptedCloud[] = []
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  for (const cloud of clouds.splice(0)) await cloud.stop()
  for (const place of places.splice(0)) place.remove()
})

const mark = { status: 'closed', tags: ['noise'] }
const withRules = (...rules: object[]): Configuration =>
  Configuration.parse({
    ...configuration,
    noise: { rules: rules.map((rule, i) => ({ key: `r${i}`, label: `Rule ${i}`, ...rule })), mark },
  })

/** Labels of what looks like noise, by number of the ticket. */
async function heard(cloud: ScriptedCloud): Promise<Record<number, string>> {
  let driven = open[0]
  if (!driven) {
    const place = temporaryFolder()
    places.push(place)
    driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
    open.push(driven)
  }
  await driven.sync()
  const { rows } = await driven.page()
  return Object.fromEntries(rows.flatMap(({ number, noise }) => (noise === null ? [] : [[number, noise]])))
}

test('rows tell of which rule of the client they look like noise, by subject, text, sender, type or queue; what is over does not', async () => {
  const cloud = await ScriptedCloud.start()
  clouds.push(cloud)
  cloud.add('configuration', 'configuration', configuration)
  const mailer = { ...contactOf(1), email: 'Backup@Mailer.example' }
  cloud.add('contact', mailer.id, mailer)
  const add = (number: number, more: object): void => {
    const plain = { status: 'new', subject: 'Help', description: 'Please', type: null, queue: null, requesterId: null }
    const ticket = ticketOf(number, { ...plain, ...more })
    cloud.add('ticket', ticket.id, ticket)
  }
  add(1, { subject: 'AUTOMATIC reply: Help' })
  add(2, { description: 'To unsubscribe, click' })
  add(3, { requesterId: mailer.id })
  add(4, { requesterId: mailer.id, type: 'incident' })
  add(5, { subject: 'Automatic reply: Help', status: 'fixed' })
  add(6, { queue: 'service' })
  add(7, {})
  expect(await heard(cloud)).toEqual({})

  cloud.add(
    'configuration',
    'configuration',
    withRules(
      { subject: ['out of office', 'automatic reply'] },
      { description: ['unsubscribe'] },
      { from: ['@mailer.example'], types: ['incident'] },
      { queues: ['service'] },
    ),
  )
  expect(await heard(cloud)).toEqual({ 1: 'Rule 0', 2: 'Rule 1', 4: 'Rule 2', 6: 'Rule 3' })
  // Another client says otherwise: nothing of it is in code.
  cloud.add('configuration', 'configuration', withRules({ subject: ['help'] }))
  expect(await heard(cloud)).toEqual({ 1: 'Rule 0', 2: 'Rule 0', 3: 'Rule 0', 4: 'Rule 0', 6: 'Rule 0', 7: 'Rule 0' })
})

test('a rule that says nothing is refused: every ticket would be noise', () => {
  const checked = NoiseRule.safeParse({ key: 'all', label: 'All' })
  expect(checked.error?.issues[0]?.message).toContain('every ticket would be')
  expect(NoiseRule.safeParse({ key: 'all', label: 'All', subject: [' '] }).success).toBe(false)
})

test('a rule holds where each of its parts does, whatever the texts are', () => {
  const text = fc.string({ minLength: 1, maxLength: 20 }).filter((one) => one.trim() !== '')
  fc.assert(
    fc.property(text, text, text, (subject, description, other) => {
      const rule = NoiseRule.parse({ key: 'k', label: 'L', subject: [subject], description: [description] })
      const of = (ticket: { subject: string; description: string }) =>
        noiseRuleOf({ rules: [rule], mark }, { type: null, queue: null, from: null, ...ticket })
      expect(of({ subject: `x ${subject} y`, description: `x ${description} y` })).toBe(rule)
      const has = (long: string, part: string) => long.toLowerCase().includes(part.trim().toLowerCase())
      expect(of({ subject: other, description: `x ${description} y` }) !== null).toBe(has(other, subject))
    }),
    { numRuns: 2000 },
  )
})
