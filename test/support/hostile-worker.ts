import { createDecipheriv } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import inspector from 'node:inspector'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { getHeapSnapshot } from 'node:v8'
import {
  BroadcastChannel,
  parentPort,
  postMessageToThread,
  resourceLimits,
  threadId,
  workerData,
} from 'node:worker_threads'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import type { ToWorker } from '../../src-main/compartment/port.ts'
import { opensWith } from '../../src-main/storage/open.ts'

// The real compartment, in which code of somebody else runs too: an automation gone wrong. It has seen its own root key.
if (!parentPort) throw new Error('a compartment runs in a worker thread')
const port = parentPort
let ownKey = new Uint8Array()
let ownFolder = ''

type Attack = (input: Record<string, string>) => unknown
const DATABASES = ['ledger', 'cache', 'vault'] as const

const attacks: Record<string, Attack> = {
  /** Everything that this thread was told when it was started. */
  told: () => ({
    argv: process.argv,
    env: { ...process.env },
    execArgv: process.execArgv,
    resourceLimits,
    title: process.title,
    workerData: workerData as unknown,
  }),

  /** Which files of another compartment open with the keys of this one. */
  openFiles: ({ folder = '' }) => {
    const keys = deriveKeys(ownKey)
    return DATABASES.flatMap((name) =>
      [keys.ledger, keys.cache, keys.vault].map((key) => opensWith(join(folder, `${name}.db`), key)),
    ).filter(Boolean)
  },

  /** Puts another compartment's files in the place of the own ones. */
  takeFiles: ({ folder = '' }) => {
    for (const name of DATABASES)
      for (const suffix of ['', '-wal', '-shm'])
        if (existsSync(join(folder, `${name}.db${suffix}`)))
          copyFileSync(join(folder, `${name}.db${suffix}`), join(ownFolder, `${name}.db${suffix}`))
  },

  /** What of main's keyring opens with the keys of this one. */
  openKeyring: ({ file = '' }) => {
    const sealed = readFileSync(file, 'utf8').match(/[\w+/=-]{40,}/g) ?? []
    const keys = [ownKey, ...Object.values(deriveKeys(ownKey))]
    return { tried: sealed.length, opened: sealed.filter((one) => keys.some((key) => opens(one, key))) }
  },

  /** Asks main's debugger for what main holds, by every way to the module that Node has. */
  debugMain: async ({ expression = '' }) => {
    const modules = [
      inspector,
      createRequire(import.meta.url)('node:inspector') as typeof inspector,
      process.getBuiltinModule('node:inspector'),
      (await import('node:inspector/promises')) as unknown as typeof inspector,
    ]
    return Promise.all(modules.map((module) => evaluateInMain(module, expression)))
  },

  /** The heap of this thread, as far as it can be dumped. */
  heap: async ({ folder = '' }) => {
    writeFileSync(join(folder, 'heap.json'), await text(getHeapSnapshot()))
  },

  /** Speaks to every other thread of the process. */
  threads: async () => {
    const others = Array.from({ length: 64 }, (_, id) => id).filter((id) => id !== threadId)
    const heard = await Promise.all(
      others.map(async (id) =>
        postMessageToThread(id, { op: 'close' }, [], 200).then(
          () => id,
          () => null,
        ),
      ),
    )
    for (const name of ['bulkhead', 'console', 'compartment']) {
      const channel = new BroadcastChannel(name)
      channel.postMessage({ op: 'close' })
      channel.close()
    }
    return heard.filter((id) => id !== null)
  },

  /** Answers calls that were made of others, and calls that nobody made. */
  answerOthers: () => {
    for (let id = 0; id < 1000; id++) port.postMessage({ op: 'answer', kind: 'data', id, payload: '"forged"' })
  },

  /** Says to main what no compartment says. */
  say: ({ json = 'null' }) => port.postMessage(JSON.parse(json) as unknown),

  /** Every file that it can see below some folders, and every file that the process still holds though it is deleted. */
  scan: ({ folders = '[]', words = '[]' }) => {
    const forms = (JSON.parse(words) as string[]).map((word) => Buffer.from(word, 'base64'))
    const files = (JSON.parse(folders) as string[]).flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    const read = [...files, ...deletedFiles()].map((file) => ({ file, bytes: bytesOf(file) }))
    return {
      read: read.length,
      found: read.filter(({ bytes }) => forms.some((form) => bytes.includes(form))).map(({ file }) => file),
    }
  },
}

function opens(sealed: string, key: Uint8Array): boolean {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(12, 28))
    decipher.update(bytes.subarray(28))
    decipher.final()
    return true
  } catch {
    return false
  }
}

async function evaluateInMain({ Session }: typeof inspector, expression: string): Promise<unknown> {
  const session = new Session()
  try {
    session.connectToMainThread()
    return await new Promise((resolve) => session.post('Runtime.evaluate', { expression }, (_, told) => resolve(told)))
  } catch {
    return null
  }
}

/** Files that are deleted, and that a thread of this process still has open. */
function deletedFiles(): string[] {
  const folder = '/proc/self/fd'
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((file) => attempt(() => readlinkSync(file).endsWith(' (deleted)')) === true)
}

function bytesOf(file: string): Buffer {
  return attempt(() => readFileSync(file)) ?? Buffer.alloc(0)
}

function attempt<Value>(act: () => Value): Value | null {
  try {
    return act()
  } catch {
    return null
  }
}

async function answer(id: number, path: string, payload: string): Promise<void> {
  const input = JSON.parse(payload || '{}') as Record<string, string>
  const result = await attacks[path.slice('attack.'.length)]?.(input)
  port.postMessage({ op: 'answer', kind: 'data', id, payload: JSON.stringify(result ?? null) })
}

// Before the compartment sees it, which sees everything but the attacks.
port.addEventListener('message', (event) => {
  const { data: message } = event as unknown as { data: ToWorker }
  if (message.op === 'assign') {
    ownKey = new Uint8Array(message.assignment.rootKey.slice(0))
    ownFolder = message.assignment.folder
  }
  if (message.op !== 'call' || !message.path.startsWith('attack.')) return
  ;(event as unknown as Event).stopImmediatePropagation()
  void answer(message.id, message.path, message.payload)
})
await import('../../src-main/compartment/worker.ts')
