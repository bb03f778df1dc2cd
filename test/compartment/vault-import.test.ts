import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from './driver.ts'
import { auditOf, login, Opened, problemCode } from './vault-support.ts'

let place: ReturnType<typeof temporaryFolder>
let opened: Opened

beforeEach(() => {
  place = temporaryFolder()
  opened = new Opened(place.folder)
})
afterEach(async () => {
  await opened.close()
  place.remove()
})

function exported(name: string): string {
  return readFileSync(new URL(`../fixtures/exports/${name}.csv`, import.meta.url), 'utf8')
}
const chrome = (...rows: string[]): string => ['name,url,username,password,note', ...rows].join('\n')

test.each([
  ['bitwarden', 'Bitwarden', ['password', 'seed', 'text'], 'First line\r\nsecond line'],
  ['1password', '1Password', ['password', 'seed', 'text'], 'First line'],
  ['lastpass', 'LastPass', ['password', 'seed', 'text'], 'First line'],
  ['keepassxc', 'KeePassXC', ['password', 'seed', 'text'], 'First line'],
  ['keepass', 'KeePass', ['password', 'text'], 'First line'],
  ['keeper', 'Keeper', ['password', 'seed', 'text'], 'First line'],
  ['chrome', 'Chrome or Edge', ['password', 'text'], 'First line'],
  ['edge', 'Chrome or Edge', ['password'], null],
  ['other', 'CSV', ['password', 'text'], 'First line'],
])('an export of %s is recognised and imported', async (file, format, has, text) => {
  const csv = exported(file)
  const preview = await opened.vault.importPreview({ csv })
  expect(preview).toMatchObject({ format, bad: [] })
  expect(preview.rows.every(({ act }) => act === 'add')).toBe(true)
  expect(await opened.vault.list({ text: '' })).toEqual([])
  const result = await opened.vault.import({ csv })
  expect(result).toEqual({ added: preview.rows.length, same: 0, skipped: 0, bad: [] })
  const listed = await opened.vault.list({ text: '' })
  const made = listed.find(({ name }) => name === 'Domain controller')
  expect(made).toMatchObject({ kind: 'login', username: 'admin', url: 'https://dc.example.com', has })
  expect((await opened.reveal(made?.id ?? '', 'password')).value).toBe('p,w"1')
  if (text) expect((await opened.reveal(made?.id ?? '', 'text')).value).toBe(text)
  if (has.includes('seed')) expect((await opened.vault.code({ id: made?.id ?? '' })).code).toMatch(/^\d{6}$/)
  const alarm = listed.find(({ name }) => name === 'Alarm')
  if (alarm) {
    expect(alarm).toMatchObject({ kind: 'note', url: null, has: ['text'] })
    expect((await opened.reveal(alarm.id, 'text')).value).toBe('The code is 1234')
  }
  // Once more is the same.
  expect(await opened.vault.import({ csv })).toEqual({ added: 0, same: preview.rows.length, skipped: 0, bad: [] })
  expect(await opened.vault.list({ text: '' })).toEqual(listed)
})

test('a row that brings only a seed becomes one that makes codes', async () => {
  await opened.vault.import({ csv: exported('bitwarden') })
  const [code] = await opened.vault.list({ text: 'only code' })
  expect(code).toMatchObject({ kind: 'totp', username: 'ann', has: ['seed'] })
})

test('the same is what has the same name, user name and secrets, here or earlier in the file', async () => {
  await opened.vault.create(login({ name: 'Mail', username: 'ann', secrets: { password: 'one' } }))
  const csv = chrome('MAIL,,Ann,one,', 'Mail,,ann,two,', 'Mail,,bob,one,', 'Mail,,ann,two,', 'mail,,ann,two,note')
  const { rows } = await opened.vault.importPreview({ csv })
  expect(rows.map(({ line, act }) => [line, act])).toEqual([
    [2, 'same'],
    [3, 'add'],
    [4, 'add'],
    [5, 'same'],
    [6, 'add'],
  ])
})

test('rows that are not wanted are left out', async () => {
  const csv = chrome('a,,x,1,', 'b,,x,2,', 'c,,x,3,')
  expect((await opened.vault.importPreview({ csv, skip: [3] })).rows.map(({ act }) => act)).toEqual([
    'add',
    'skip',
    'add',
  ])
  expect(await opened.vault.import({ csv, skip: [3] })).toEqual({ added: 2, same: 0, skipped: 1, bad: [] })
  expect((await opened.vault.list({ text: '' })).map(({ name }) => name)).toEqual(['a', 'c'])
})

test('a bad row is named by its line and the reason; the others are taken', async () => {
  const rows = [
    'fine,,x,"two\r\nlines",', // 2 to 3
    '', // 4
    `${'n'.repeat(201)},,x,pw,`, // 5
    ',,,,', // 6
    'nothing,,x,,', // 7
    'short', // 8
    'also fine,,x,pw', // 9
    'open,,x,"pw', // 10
    'swallowed,,x,pw,',
  ]
  const csv = ['name,url,username,password,note', ...rows].join('\r\n')
  const { added, bad } = await opened.vault.import({ csv })
  expect(added).toBe(2)
  expect(bad.map(({ line, reason }) => [line, reason.split(' ').slice(0, 4).join(' ')])).toEqual([
    [5, 'The name cannot be'],
    [7, 'There is no password,'],
    [8, 'There is no password,'],
    [10, 'A quotation mark here'],
  ])
})

test('texts are taken as they are: formulas, spaces, quotation marks', async () => {
  await opened.vault.import({ csv: chrome('=1+1,, +user ,  =HYPERLINK("x") ,@note') })
  const [made] = await opened.vault.list({ text: '' })
  expect(made).toMatchObject({ name: '=1+1', username: ' +user ' })
  expect((await opened.reveal(made?.id ?? '', 'password')).value).toBe('  =HYPERLINK("x") ')
})

test('a row without a name is called by where it leads', async () => {
  await opened.vault.import({ csv: chrome(',https://mail.example.com/login,ann,1,', ',intranet,bob,2,', ',,carl,3,') })
  expect((await opened.vault.list({ text: '' })).map(({ name }) => name)).toEqual([
    'carl',
    'intranet',
    'mail.example.com',
  ])
})

test('what is no export is said, and so is one that is too large', async () => {
  for (const csv of ['', 'a,b,c\n1,2,3', '{"items":[]}', '\0\0\0', `"${'x'.repeat(1000)}`])
    await expect(opened.vault.importPreview({ csv })).rejects.toThrow('no CSV export')
  const many = chrome(...Array.from({ length: 10_001 }, (_, i) => `n${i},,u,p,`))
  expect(await problemCode(opened.vault.importPreview({ csv: many }))).toBe('too-many')
  await expect(opened.vault.importPreview({ csv: 'x'.repeat(4_000_001) })).rejects.toThrow('Too big')
})

test('an import is audited as a whole and by each credential, with numbers only', async () => {
  await opened.vault.import({ csv: exported('lastpass') })
  const [whole, ...each] = auditOf(place.folder)
  const detail = { format: 'LastPass', added: 2, same: 0, skipped: 0, bad: 0 }
  expect(whole).toMatchObject({ action: 'vault.import', detail })
  expect(each.map(({ action }) => action)).toEqual(['vault.create', 'vault.create'])
  expect(JSON.stringify(auditOf(place.folder))).not.toMatch(/Domain|p,w|1234|JBSW/)
})

test('an export is kept nowhere after its preview', async () => {
  await opened.vault.importPreview({ csv: exported('bitwarden') })
  expect(auditOf(place.folder)).toEqual([])
  expect(await opened.vault.list({ text: '' })).toEqual([])
})
