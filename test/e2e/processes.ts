import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chosenHost, harnessEnvironment } from './hosts.ts'
import { startElectron } from './electron-app.ts'

const ROOT = join(import.meta.dirname, '../..')

/** One of the project's commands, running as a process of its own. */
export interface Running {
  /** What it printed behind `ready: `; of Electron itself a name for it. Where `openWindow` looks. */
  address: string
  pid: number
  /** Everything it wrote to stdout and stderr so far. */
  output(): string
  /** Ends it in order and waits. */
  stop(): Promise<void>
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>
}

const started = new Set<ChildProcess>()

/** Ends whatever a test left running. */
export async function killAll(): Promise<void> {
  await Promise.all([...started].map((child) => end(child, 'SIGKILL')))
}

/** The console in the host that BULKHEAD_E2E_HOST chooses; `npm start -- --host=browser --no-open --port=0 …` where it does not. */
export async function startConsole(args: string[], env: Record<string, string> = {}): Promise<Running> {
  const host = chosenHost()
  if (host === 'electron-harness')
    return run('test/harness/main.ts', args, { ...harnessEnvironment(), ...env }, 'console ready: ')
  if (host === 'electron') {
    const { child, address } = await startElectron(args, { ...inherited(), ...env })
    return running(child, address)
  }
  return run('scripts/start.mjs', ['--host=browser', '--no-open', '--port=0', ...args], env, 'console ready: ')
}

/** `npm run cloud -- --port=0 …` */
export function startCloudProcess(args: string[], env: Record<string, string> = {}): Promise<Running> {
  return run('scripts/cloud.mjs', args, env, 'cloud ready: ')
}

/** Runs a command to its end. */
export async function runToEnd(
  script: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  return toEnd(`scripts/${script}.mjs`, args, env)
}

/** The built app in the harness, for a run that opens no window. @param out the build */
export function runHarness(args: string[], out: string): Promise<{ code: number | null; output: string }> {
  return toEnd('test/harness/main.ts', args, { ...harnessEnvironment(), BULKHEAD_HARNESS_OUT: out })
}

async function toEnd(
  file: string,
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = launch(file, args, env)
  const output = gather(child)
  const [code] = (await once(child, 'close')) as [number | null]
  started.delete(child)
  return { code, output: output() }
}

async function run(file: string, args: string[], env: Record<string, string>, prefix: string): Promise<Running> {
  const child = launch(file, args, env)
  const output = gather(child)
  const address = await new Promise<string>((ready, reject) => {
    createInterface({ input: child.stdout! }).on(
      'line',
      (line) => line.startsWith(prefix) && ready(line.slice(prefix.length)),
    )
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${output()}`)))
  })
  return running(child, address, output)
}

function running(child: ChildProcess, address: string, output = gather(child)): Running {
  started.add(child)
  return { address, pid: child.pid ?? 0, output, stop: () => end(child, 'SIGTERM'), kill: () => end(child, 'SIGKILL') }
}

function launch(file: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  return child
}

/** What a command of the project gets of this process's environment. */
function inherited(): Record<string, string> {
  const names = [
    ...['PATH', 'HOME', 'TMPDIR', 'DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS'],
    ...['BULKHEAD_CHROMIUM', 'NODE_COMPILE_CACHE'],
  ]
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

function gather(child: ChildProcess): () => string {
  let text = ''
  child.stdout!.on('data', (chunk) => (text += String(chunk)))
  child.stderr!.on('data', (chunk) => (text += String(chunk)))
  return () => text
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  started.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
