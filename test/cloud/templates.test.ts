import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { TemplateList } from '../../src-shared/protocol/settings.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'

const OFFICE = readFileSync(join(import.meta.dirname, '../../resources/templates/general-office.yaml'), 'utf8')
const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
].join('\n')

/** Files that hold no template, and what is said of each. */
const hostile: Record<string, [text: string, words: string]> = {
  'alias-bomb.yaml': [bomb, 'refers to itself too often'],
  'array.yaml': ['- 1\n- 2', 'expected object'],
  'binary.yaml': ['\u0000\u0001\u0002', ''],
  'code.yaml': [OFFICE.replace('about: An', 'about: !!js/function An'), 'Unresolved tag'],
  'deep.yaml': ['['.repeat(20_000), ''],
  'duplicate.yaml': [`${OFFICE}\nkey: again`, 'Map keys must be unique'],
  'empty.yaml': ['', 'expected object'],
  'large.yaml': [`# ${'x'.repeat(300_000)}`, 'larger than 256 KB'],
  'no-calendar.yaml': [
    `${OFFICE}\n  targets: [{ calendar: night, resolution: 60 }]`,
    'the calendar "night", which is not there',
  ],
  'other-version.yaml': [OFFICE.replace('template: 1', 'template: 2'), 'template: '],
  'path.yaml': [OFFICE.replace('key: general-office', 'key: ../../etc/passwd'), 'key: is lower-case words'],
  'prototype.yaml': [`${OFFICE}\n__proto__: { polluted: true }`, '__proto__'],
  'script.yaml': [`${OFFICE}\nonOpen: "rm -rf /"`, 'onOpen'],
  'unclosed.yaml': ['template: [1', ''],
  'wrong-hours.yaml': [OFFICE.replace("from: '08:00'", "from: '25:00'"), 'time of day'],
  'wrong-zone.yaml': [OFFICE.replace('label: Office hours', 'label: Office hours\n      timeZone: Mars/Base'), 'IANA'],
}

let folder: string
let cloud: TestCloud
const notes: string[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-templates-'))
  for (const [file, [text]] of Object.entries(hostile)) writeFileSync(join(folder, file), text)
  writeFileSync(
    join(folder, 'our-office.yaml'),
    OFFICE.replace('general-office', 'our-office').replace('General office', 'Our own office'),
  )
  cloud = await withCloud(undefined, { templates: folder, note: (line) => notes.push(line) })
})
afterAll(async () => {
  await cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

const list = async () => {
  const { accessToken } = await cloud.signIn()
  return TemplateList.parse(await (await ask(cloud.url, paths.templates, { token: accessToken })).json())
}

test('the templates that come along, and those of the operator’s own folder, can be chosen', async () => {
  const { templates } = await list()
  expect(templates.map(({ key }) => key).sort()).toEqual(
    ['general-office', 'health-practice', 'law-firm', 'manufacturing', 'our-office', 'retail'].sort(),
  )
})

test('a health practice asks for a reason, forgets sooner and keeps longer than an office', async () => {
  const { templates } = await list()
  const [office, health] = ['general-office', 'health-practice'].map(
    (key) => templates.find((one) => one.key === key)?.settings,
  )
  expect(office?.revealReasonNeeded).toBeUndefined()
  expect(health).toMatchObject({ revealReasonNeeded: true, revealForgetAfter: 10, keepDays: 3650 })
})

describe('a hostile template is refused in one sentence, and the others are not touched', () => {
  test.each(Object.entries(hostile))('%s', async (file, [, words]) => {
    const found = (await list()).refused.find((one) => one.file === file)
    expect(found?.reason).toContain(`The template ${file} cannot be used: `)
    expect(found?.reason).toContain(words)
    expect(found?.reason).not.toMatch(/\n|undefined|\[object/)
    expect(found?.reason.length).toBeLessThan(400)
    expect(notes).toContain(found?.reason)
  })
  test('and none of them changed what objects are', () => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
