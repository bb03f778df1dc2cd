import { createServer } from 'node:net'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, runToEnd, startConsole } from './processes.ts'
import { SOON, temporaryFolder, waitForClient } from './story.ts'

const folder = temporaryFolder('commands')
afterEach(killAll)
afterAll(() => folder.remove())

test.each(['start', 'cloud', 'bench'])('%s --help says what each flag does', async (command) => {
  const { code, output } = await runToEnd(command, ['--help'])
  expect(code).toBe(0)
  expect(output).toMatch(/--\w+/)
})

test.each([
  ['start', ['--sandbocks']],
  ['start', ['--host=tv']],
  ['start', ['--port=many']],
  ['start', ['--cloud=nowhere']],
  ['start', ['stray']],
  ['cloud', ['--prot=1']],
  ['cloud', ['--seed=other']],
  ['bench', ['--slowly']],
])('%s %j is one clear line and exit code 2', async (command, args) => {
  const { code, output } = await runToEnd(command, args)
  expect({ code, lines: output.trim().split('\n').length }).toEqual({ code: 2, lines: 1 })
})

test.each(['start', 'cloud', 'bench', 'test'])('%s under an old Node says so in one line', async (command) => {
  const old = join(folder.path, 'old-node.cjs')
  writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' })")
  const { code, output } = await runToEnd(command, [], { NODE_OPTIONS: `--require=${old}` })
  expect(code).toBe(2)
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/needs Node 24 or newer.*20\.20\.2/)])
})

test('a second console on the same profile says who has it, and the first goes on', async () => {
  const profile = join(folder.path, 'shared')
  const first = await startConsole([`--profile=${profile}`])
  const second = await runToEnd('start', ['--host=browser', '--no-open', '--port=0', `--profile=${profile}`])
  expect(second.code).toBe(1)
  expect(second.output.trim()).toBe(
    `This profile is already open in another Bulkhead (process ${first.pid}). Use that window, or start with another --profile.`,
  )
  expect((await fetch(first.address.split('#')[0]!)).status).toBe(200)
})

test('a port in use is a sentence, and the profile is free again', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const port = (taken.address() as { port: number }).port
  const profile = join(folder.path, 'port')
  const { code, output } = await runToEnd('start', [
    '--host=browser',
    '--no-open',
    `--port=${port}`,
    `--profile=${profile}`,
  ])
  taken.close()
  expect({ code, output: output.trim() }).toEqual({
    code: 1,
    output: `Port ${port} is in use. Choose another with --port, or --port=0 for a free one.`,
  })
  await (await startConsole([`--profile=${profile}`])).stop()
})

test('a profile folder that cannot be made is a sentence', async () => {
  writeFileSync(join(folder.path, 'a-file'), '')
  const { code, output } = await runToEnd('start', [
    '--host=browser',
    '--no-open',
    `--profile=${join(folder.path, 'a-file', 'below')}`,
  ])
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(output).toContain('cannot be read')
})

test('settings that are rubbish are set aside, and the console opens', async () => {
  const profile = join(folder.path, 'rubbish')
  mkdirSync(profile, { recursive: true })
  writeFileSync(join(profile, 'settings.json'), '{"theme": ')
  await (await startConsole([`--profile=${profile}`])).stop()
  expect(readFileSync(join(profile, 'settings.json.broken'), 'utf8')).toBe('{"theme": ')
})

test('a newcomer tries the sample clients: their cloud starts, is started again when it dies, and nothing is left running afterwards', async () => {
  const profile = join(folder.path, 'sandbox')
  // Where Postgres, which does not run as root, can reach it.
  chmodSync(folder.path, 0o755)
  const host = await startConsole([`--profile=${profile}`], { BULKHEAD_DATA: join(folder.path, 'cloud') })
  const browser = await launchBrowser()
  const { page } = await openWindow(browser, host.address)
  await page.getByRole('button', { name: /Try it with sample clients/ }).click()
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: 2 * SOON })
  await expect
    .poll(() => page.getByRole('list', { name: 'Clients' }).getByRole('listitem').count())
    .toBeGreaterThanOrEqual(12)
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Atelier Voss Architekten')
  for (const pid of childrenOf(host.pid)) kill(pid)
  await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
  await expect.poll(() => page.getByTestId('offline-banner').count(), { timeout: 2 * SOON }).toBe(0)
  await browser.close()
  const children = childrenOf(host.pid)
  expect(children.length).toBeGreaterThan(0)
  // The cloud hears that its console is gone even where nobody could tell it.
  await host.kill()
  await expect.poll(() => children.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: SOON }).toEqual([])
})

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went with its parent.
  }
}

/** Processes below this one, from the kernel's own list. */
function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  const own = list === '' ? [] : list.split(' ').map(Number)
  return own.flatMap((child) => [child, ...childrenOf(child)])
}
