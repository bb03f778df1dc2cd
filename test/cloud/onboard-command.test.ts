import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { TestCloud } from '../support/cloud.ts'
import { onboardingWorld, type OnboardingDesk } from './onboarding-desk.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/onboard.mjs', import.meta.url))
let cloud: TestCloud
let robin: OnboardingDesk
let folder: string
beforeAll(async () => {
  ;({ cloud, robin } = await onboardingWorld())
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-onboard-'))
})
afterAll(async () => {
  await cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  code: number | null
  out: string
  err: string
}
/** Runs the command as Robin, where nothing else is said. */
async function onboard(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: {
      ...process.env,
      BULKHEAD_CLOUD: cloud.url,
      BULKHEAD_EMAIL: 'robin@alpha.example',
      BULKHEAD_PASSWORD: 'secret of Alpha',
      ...env,
    },
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}
const fileOf = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const HARBOUR = `# A law firm
onboarding: 1
identity:
  name: Harbour Legal
  country: DE
  domains: [harbour-legal.example]
start: { from: template, template: law-firm }
hours:
  holidays: { country: DE, state: hh }
  onCall: { technicians: [robin@alpha.example, sam@alpha.example], from: 2026-01-05 }
people:
  people:
    - { technician: robin@alpha.example, may: [see, act, reveal] }
    - { technician: sam@alpha.example, may: [see, act] }
    - { technician: kim@alpha.example, may: [] }
`

test('a file becomes a live client, told step by step; the same once more is refused in one sentence', async () => {
  const path = fileOf('harbour.yaml', HARBOUR)
  const dry = await onboard([`--file=${path}`, '--dry-run'])
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(dry.out).toContain('Harbour Legal (Harbour Legal) would be brought in, in Europe/Berlin. Nothing was written.')
  expect(dry.out).toContain('Robin of Alpha (see, act, reveal), Sam (see, act)')
  expect(await robin.tenants()).toHaveLength(2)
  const done = await onboard([`--file=${path}`])
  expect(done).toMatchObject({ code: 0, err: '' })
  for (const step of ['identity', 'start', 'hours', 'service', 'inheritance', 'people', 'verify', 'live'])
    expect(done.out).toMatch(new RegExp(`^✓ ${step}`, 'm'))
  expect(done.out).toMatch(/^ {2}✓ The service clock runs: A P1 raised on \w+ .* is due /m)
  expect((await robin.tenants()).map(({ name }) => name)).toContain('Harbour Legal')
  const again = await onboard([`--file=${path}`])
  expect(again).toMatchObject({
    code: 1,
    err: 'The domain harbour-legal.example belongs to your client Harbour Legal. Take it off, or correct it there first.\n',
  })
})

test('what was brought in comes out as a file that brings in another like it', async () => {
  const { code, out } = await onboard(['--export=harbour legal'])
  expect(code).toBe(0)
  const answers = parse(out) as { identity: { name: string; domains: string[] } }
  expect(answers).toMatchObject({
    onboarding: 1,
    start: { from: 'template', template: 'law-firm' },
    identity: { name: 'Harbour Legal', country: 'DE' },
  })
  const path = fileOf(
    'twin.yaml',
    out.replace('name: Harbour Legal', 'name: Harbour Twin').replace('harbour-legal.example', 'harbour-twin.example'),
  )
  expect(await onboard([`--file=${path}`])).toMatchObject({ code: 0 })
})

test('several files come one after the other', async () => {
  const files = ['One', 'Two', 'Three'].map((name) =>
    fileOf(`${name}.yaml`, `onboarding: 1\nidentity: { name: ${name} Ltd, timeZone: Europe/London }\n`),
  )
  const { code, out } = await onboard(files.map((path) => `--file=${path}`))
  expect(code).toBe(0)
  expect(out.match(/^✓ live/gm)).toHaveLength(3)
})

test('a step that fails is told, and waits for somebody: exit code 3; corrected, it goes on by itself to live', async () => {
  const path = fileOf(
    'stuck.yaml',
    'onboarding: 1\nidentity: { name: Stuck Ltd, timeZone: UTC }\nstart: { from: template, template: submarine }\n',
  )
  const stuck = await onboard([`--file=${path}`])
  expect(stuck.code).toBe(3)
  expect(stuck.out).toMatch(/^✗ start +There is no template "submarine"/m)
  expect(stuck.out).toContain('It waits at "start": go on in the console, or cancel it there.')
  // It is not started a second time.
  const again = await onboard([`--file=${path}`])
  expect(again.code).toBe(3)
  expect(again.out).toContain('Stuck Ltd, under way since')
  const rows = await cloud.owner<{ id: string }[]>`select id from onboarding where name = 'Stuck Ltd'`
  expect(rows).toHaveLength(1)
  await robin.answer(rows[0]?.id ?? '', 'start', { from: 'empty' })
  await robin.untilEnd(rows[0]?.id ?? '')
})

test('contacts and tickets come from CSV files beside it, and every row that is not taken is told: exit code 4', async () => {
  fileOf('people.csv', 'name,email,Shoe size\nAda,ada@csv.example,38\nBo,bo at csv,41\n')
  fileOf('tickets.csv', 'Ticket Number,Summary,Status,Contact,Opened\n7,No screen,Waiting,ada@csv.example,03/04/2025\n')
  const tickets = '{ file: tickets.csv, dates: dmy, words: { status: { Waiting: waiting-client } } }'
  const path = fileOf(
    'csv.yaml',
    `onboarding: 1\nidentity: { name: CSV Ltd, timeZone: UTC }\nimport: { contacts: people.csv, tickets: ${tickets} }\n`,
  )
  const { code, out } = await onboard([`--file=${path}`])
  expect(code).toBe(4)
  expect(out).toMatch(/^✓ contacts +1 added, 0 changed, 0 here already, 1 not taken$/m)
  expect(out).toContain('left out: Shoe size')
  expect(out).toContain('people.csv, line 3: "bo at csv" is no email address.')
  expect(out).toMatch(/^✓ tickets +1 added/m)
  const [row] = await cloud.owner<{ status: string }[]>`
    select data ->> 'status' as status from ticket where data ->> 'subject' = 'No screen'`
  expect(row?.status).toBe('waiting-client')
})

describe('one clear sentence', () => {
  const GOOD = 'onboarding: 1\nidentity:\n  name: Fine\n  timeZone: UTC\n'
  test.each([
    ['no flag', [], 2, 'Give a client with --file=FILE'],
    ['an unknown flag', ['--fil=x'], 2, "Unknown option '--fil'"],
    ['a file that is not there', ['--file=/nowhere.yaml'], 2, 'There is no file /nowhere.yaml'],
    ['a cloud that is none', [`--file=FILE`, '--cloud=ftp://x'], 2, 'Give the address of the cloud'],
    [
      'a cloud that does not answer',
      [`--file=FILE`, '--cloud=http://127.0.0.1:9'],
      1,
      'The cloud at http://127.0.0.1:9 does not answer',
    ],
    ['somebody unknown', [`--file=FILE`, '--email=nobody@alpha.example'], 1, 'Email or password is wrong'],
    ['an export of nothing', ['--export=Nobody'], 1, 'There is no onboarding of "Nobody"'],
  ])('about %s', async (_name, args, code, words) => {
    const path = fileOf('good.yaml', GOOD)
    const ended = await onboard(args.map((arg) => arg.replace('FILE', path)))
    expect(ended.code).toBe(code)
    expect(ended.err).toContain(words)
    expect(ended.err.trim()).not.toContain('\n')
  })

  test.each([
    [
      'a time zone that does not exist',
      GOOD.replace('UTC', 'Mars/Olympus'),
      'line 4, identity.timeZone: is not an IANA time zone name',
    ],
    ['a key that does not exist', `${GOOD}theme: dark\n`, 'theme'],
    [
      'a right that does not exist',
      `${GOOD}people: { people: [{ technician: a@b.c, may: [see, fly] }] }\n`,
      'line 5, people.people.0.may.1',
    ],
    ['300 characters', GOOD.replace('Fine', 'x'.repeat(300)), 'line 3, identity.name: has 300 characters; 200 at most'],
    ['a CSV file that is not there', `${GOOD}import: { contacts: nowhere.csv }\n`, 'There is no file'],
    ['no YAML', 'onboarding: [1', 'client.yaml: '],
    ['code', GOOD.replace('Fine', '!!js/function x'), 'Unresolved tag'],
    ['a version that is not known', GOOD.replace('onboarding: 1', 'onboarding: 2'), 'line 1, onboarding'],
  ])('about a file with %s', async (_name, text, words) => {
    const ended = await onboard([`--file=${fileOf('client.yaml', text)}`])
    expect(ended.code).toBe(2)
    expect(ended.err).toContain(words)
    expect(ended.err.trim()).not.toContain('\n')
  })

  test('about a step, in a dry run as well', async () => {
    const path = fileOf(
      'people.yaml',
      `${GOOD}people: { people: [{ technician: nobody@x.example, may: [see, act] }] }\n`,
    )
    const ended = await onboard([`--file=${path}`, '--dry-run'])
    expect(ended).toMatchObject({
      code: 1,
      err: 'people: No technician of your organisation is "nobody@x.example". Give the email of one.\n',
    })
  })
})

test('--help explains itself', async () => {
  const { code, out } = await onboard(['--help'])
  expect(code).toBe(0)
  expect(out).toContain('Exit codes')
})
