import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import type { TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { betaDesk, onboardingWorld, refusal, type OnboardingDesk } from './onboarding-desk.ts'

let cloud: TestCloud
let robin: OnboardingDesk
let sam: OnboardingDesk
beforeAll(async () => {
  ;({ cloud, robin, sam } = await onboardingWorld())
})
afterAll(() => cloud.close())

/** What a PNG begins with, of so many pixels. */
function pngUrl(width: number, height: number): string {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452000000000000000008060000000000000000', 'hex')
  header.writeUInt32BE(width, 16)
  header.writeUInt32BE(height, 20)
  return `data:image/png;base64,${header.toString('base64')}`
}

describe('one clear sentence', () => {
  const startWith = (identity: object) => robin.send(paths.onboardings, { id: randomUUID(), answers: { identity } })
  test.each([
    [
      'a domain of another client',
      { name: 'Double', timeZone: 'UTC', domains: ['acme.example'] },
      'domain-taken',
      'The domain acme.example belongs to your client Acme',
    ],
    [
      'the same domain in capitals',
      { name: 'Double', timeZone: 'UTC', domains: ['ACME.Example'] },
      'domain-taken',
      'The domain acme.example',
    ],
    [
      'a name that is taken',
      { name: 'zephyr', timeZone: 'UTC' },
      'client-exists',
      'A client called Zephyr is there already',
    ],
    [
      'a logo that unpacks to more than it may',
      { name: 'Bomb', timeZone: 'UTC', logo: pngUrl(30_000, 30_000) },
      'invalid-input',
      'is no PNG of at most 96 by 96 pixels',
    ],
    [
      'a logo that is code',
      { name: 'Code', timeZone: 'UTC', logo: 'data:image/svg+xml;base64,PHN2Zy8+' },
      'invalid-input',
      'is no PNG as a data URL',
    ],
    [
      'a time zone that does not exist',
      { name: 'Marsians', timeZone: 'Mars/Olympus' },
      'invalid-input',
      'is not an IANA time zone name',
    ],
    ['no place at all', { name: 'Nowhere' }, 'invalid-input', 'Where is the client?'],
    [
      'a country with many time zones',
      { name: 'Wide', country: 'US' },
      'invalid-input',
      'The clocks of US do not all show the same',
    ],
    ['300 characters', { name: 'x'.repeat(300), timeZone: 'UTC' }, 'invalid-input', 'has 300 characters; 200 at most'],
    ['a name of nothing', { name: '   ', timeZone: 'UTC' }, 'invalid-input', 'is empty'],
    [
      'a mark that turns the line around',
      { name: 'Acme\u202egnp.exe', timeZone: 'UTC' },
      'invalid-input',
      'cannot be seen',
    ],
    [
      'a domain that is none',
      { name: 'Path', timeZone: 'UTC', domains: ['a.example/../b'] },
      'invalid-input',
      'is no domain such as example.com',
    ],
  ])('about %s', async (_name, identity, code, words) => {
    const found = await refusal(await startWith(identity))
    expect(found.code).toBe(code)
    expect(found.message).toContain(words)
    expect(found.message).not.toMatch(/\n|undefined|\[object/)
  })

  test('where a client of another organisation has the domain there is no collision, and nothing tells of it', async () => {
    expect((await startWith({ name: 'Northern', timeZone: 'UTC', domains: ['borealis.example'] })).status).toBe(200)
  })

  test('two technicians who bring the same client in: the second is told who is at it', async () => {
    const identity = { name: 'Twice In', timeZone: 'UTC', domains: ['twice.example'] }
    const both = await Promise.all(
      [robin, sam].map((desk) => desk.send(paths.onboardings, { id: randomUUID(), answers: { identity } })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const { code, message } = await refusal(both.find(({ status }) => status === 409)!)
    expect(code).toBe('client-being-onboarded')
    expect(message).toMatch(/^(Robin of Alpha|Sam) is onboarding Twice In already, since .*Go on with that one/)
  })

  test('two technicians at the same step: the second is told who was faster', async () => {
    const { id, revision } = await robin.start({ answers: { identity: { name: 'Two Hands', timeZone: 'UTC' } } })
    const answer = (desk: OnboardingDesk) => desk.send(paths.onboardingStep(id, 'hours'), { revision, answer: {} })
    const both = await Promise.all([answer(robin), answer(sam)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await refusal(both.find(({ status }) => status === 409)!)).toMatchObject({ code: 'onboarding-changed' })
  })

  test('an answer of the wrong form names its place', async () => {
    const { id, revision } = await robin.start({ answers: { identity: { name: 'Wrong Form', timeZone: 'UTC' } } })
    const wrong = { hours: { monday: [{ from: '9', to: '17:00' }] } }
    const found = await refusal(await robin.send(paths.onboardingStep(id, 'hours'), { revision, answer: wrong }))
    expect(found.message).toContain('hours.hours.monday.0.from: is a time of day such as 09:30')
  })
})

test.each(['שלום עורכי דין', 'مكتب الهندسة', '株式会社みなと', 'Ελληνικά Ναυπηγεία', '👩‍⚖️ Recht & Ordnung'])(
  '%s is a name like any other',
  async (name) => {
    const { id } = await robin.start({
      file: { onboarding: 1, identity: { name, timeZone: 'Asia/Jerusalem', domains: [`bücher-${id4()}.example`] } },
    })
    const { tenantId } = await robin.untilEnd(id)
    const listed = (await robin.tenants()).find((one) => one.id === tenantId)
    expect(listed).toMatchObject({ name, shortName: name })
    expect(listed?.domains[0]).toMatch(/^xn--/)
  },
)
const id4 = () => randomUUID().slice(0, 4)

test('a client that is live gets another logo, or none, from an administrator who works for it', async () => {
  const acme = uuid('tenant', 'Acme')
  const give = (desk: OnboardingDesk, logo: string | null) => desk.send(paths.tenantLogo(acme), { logo })
  const shown = async () => (await robin.tenants()).find(({ id }) => id === acme)?.logo
  const logo = pngUrl(48, 96)
  expect((await give(robin, logo)).status).toBe(200)
  expect(await shown()).toBe(logo)
  expect(await refusal(await give(robin, pngUrl(97, 96)))).toMatchObject({ status: 400, code: 'invalid-input' })
  await cloud.owner`update tenant_technician set deleted = true where id = ${uuid('technician', 'Sam')} and tenant_id = ${acme}`
  // Sam does not work for it, Beta has nothing to do with it.
  expect(await refusal(await give(sam, null))).toMatchObject({ code: 'not-allowed' })
  expect(await refusal(await give(await betaDesk(cloud), null))).toMatchObject({ code: 'not-allowed' })
  await cloud.owner`update technician set role = 'technician' where email = 'robin@alpha.example'`
  expect(await refusal(await give(robin, null))).toMatchObject({ code: 'administrator-needed' })
  await cloud.owner`update technician set role = 'administrator' where email = 'robin@alpha.example'`
  expect(await shown()).toBe(logo)
  expect((await give(robin, null)).status).toBe(200)
  expect(await shown()).toBe(null)
})
