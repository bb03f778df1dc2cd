import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const ROOT = join(import.meta.dirname, '../..')

/** One of the project's commands, running as a process of its own. */
export interface Running {
  /** What it printed behind `ready: `. */
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

/** `npm start -- --host=browser --no-open --port=0 …` */
export function startConsole(args: string[], env: Record<string, string> = {}): Promise<Running> {
  return run('start', ['--host=browser', '--no-open', '--port=0', ...args], env, 'console ready: ')
}

/** `npm run cloud -- --port=0 …` */
export function startCloudProcess(args: string[], env: Record<string, string> = {}): Promise<Running> {
  return run('cloud', args, env, 'cloud ready: ')
}

/** Runs a command to its end. */
export async function runToEnd(
  script: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const child = launch(script, args, env)
  const output = gather(child)
  const [code] = (await once(child, 'close')) as [number | null]
  started.delete(child)
  return { code, output: output() }
}

async function run(script: string, args: string[], env: Record<string, string>, prefix: string): Promise<Running> {
  const child = launch(script, args, env)
  const output = gather(child)
  const address = await new Promise<string>((ready, reject) => {
    createInterface({ input: child.stdout! }).on(
      'line',
      (line) => line.startsWith(prefix) && ready(line.slice(prefix.length)),
    )
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}: ${output()}`)))
  })
  return { address, pid: child.pid ?? 0, output, stop: () => end(child, 'SIGTERM'), kill: () => end(child, 'SIGKILL') }
}

function launch(script: string, args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', `${script}.mjs`), ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  return child
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
