import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openHost } from '../../src-main/console/open.ts'
import type { Host, Keychain, SettingsStore, WindowChannel } from '../../src-main/console/host.ts'
import type { Clocks } from '../../src-main/console/idle-lock.ts'
import { decodeReply, encodeFrame, type CallType } from '../../src-shared/channel/frame.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { Settings } from '../../src-shared/domain/views.ts'
import { ProblemError, type Problem } from '../../src-shared/problem.ts'

const WORKER = join(import.meta.dirname, '../support/crashing-worker.ts')

/** The keychain of a made-up machine: it can be away, reset, or hide nothing. */
export class MachineKeychain {
  key = randomBytes(32)
  there = true
  exposed = false
  backend = 'test-keychain'
  /** Waited for before the keychain answers: a slow one, or one that asks its owner. */
  answers: () => Promise<void> = () => Promise.resolve()

  async find(): Promise<Keychain | null> {
    await this.answers()
    if (!this.there) return null
    const { backend, exposed } = this
    return {
      backend,
      exposed,
      seal: async (secret) => {
        const iv = randomBytes(12)
        const cipher = createCipheriv('aes-256-gcm', this.key, iv)
        return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64')
      },
      open: async (sealed) => {
        const bytes = Buffer.from(sealed, 'base64')
        try {
          const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12))
          decipher.setAuthTag(bytes.subarray(-16))
          return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
        } catch {
          throw new ProblemError('key-wrong')
        }
      },
      forget: () => undefined,
    }
  }
}

export interface Machine {
  profile: string
  keychain: MachineKeychain | null
  given?: string
  presence?: () => Promise<boolean>
  settings?: Partial<Settings>
  /** In place of the machine's, for the lock of a console that nobody uses. */
  clocks?: Clocks
  /** In place of this one. */
  installation?: string
}

/** Opens a profile as Electron and the browser host do; its compartments die on request. */
export function openMachine({
  profile,
  keychain,
  given,
  presence,
  settings = {},
  clocks,
  installation,
}: Machine): Promise<Host> {
  let kept: Settings = {
    afterResolve: 'stay',
    ...{ theme: 'auto', density: 'compact', openTickets: {}, lockAfterMinutes: null, restAfterMinutes: 30, keys: {} },
    ...settings,
  }
  const store: SettingsStore = { read: () => kept, change: (change) => (kept = { ...kept, ...change }) }
  return openHost({
    ...{ profile, settings: store, worker: WORKER, sandbox: false, cloudUrl: null, presence, installation },
    ...(clocks && { idle: { clocks, interval: 20 } }),
    sealing: { given: given ?? null, keychain: async () => (await keychain?.find()) ?? null },
  })
}

/** How a window's frames reach the host. */
export type Carrier = (send: (frame: string) => void) => WindowChannel

/** A host as Electron and the browser host open it, with one window. */
export class HostWindow {
  readonly host: Host
  /** Every frame that came. */
  readonly heard: string[] = []
  readonly #channel: WindowChannel
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Failed) => void }>()
  #next = 1

  /** Another window on a host. @param carrier straight to it where none is given */
  constructor(host: Host, carrier: Carrier = (send) => host.attach(send)) {
    this.host = host
    this.#channel = carrier((frame) => this.#receive(frame))
  }

  /** Resolves when the profile has been opened, or it was said why not. */
  static async open(machine: Machine): Promise<HostWindow> {
    const host = await openMachine(machine)
    const window = new HostWindow(host)
    while ((await window.status()).state === 'starting') await new Promise((resolve) => setTimeout(resolve, 20))
    return window
  }

  /** @throws Failed */
  call<Value>(type: CallType, path: string, input?: unknown, to = 'console'): Promise<Value> {
    return this.#send<Value>((id) => encodeFrame({ op: 'call', id, to, type, path }, text(input)))
  }

  do<Value = unknown>(path: string, input?: unknown): Promise<Value> {
    return this.call('mutation', path, input)
  }

  status(): Promise<SessionStatus> {
    return this.call('query', 'session.status')
  }

  /** Opens a client. @returns its scope */
  async client(tenant: string): Promise<string> {
    const scope = randomBytes(32).toString('base64url')
    await this.#send((id) => encodeFrame({ op: 'open', id, scope, tenant }))
    return scope
  }

  /** Leaves without a word, as a window does that is closed with its host. */
  async close(): Promise<void> {
    await this.host.close()
  }

  /** Sends a frame as it is. */
  raw(frame: string): void {
    this.#channel.receive(frame)
  }

  /** The window is gone; its host goes on. */
  leave(): void {
    this.#channel.close()
  }

  #send<Value>(frame: (id: number) => string): Promise<Value> {
    const id = this.#next++
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#channel.receive(frame(id))
    })
  }

  #receive(frame: string): void {
    this.heard.push(frame)
    const reply = decodeReply(frame)
    const waiting = reply && this.#waiting.get(reply.header.id)
    if (!reply || !waiting) return
    const value: unknown = reply.payload === '' ? undefined : JSON.parse(reply.payload)
    if (reply.header.op === 'error') waiting.reject(new Failed(value as Problem))
    else waiting.resolve(value)
  }
}

/** A call ended in a problem. */
export class Failed extends Error {
  readonly code: string
  constructor({ code, message }: Problem) {
    super(message)
    this.code = code
  }
}

/** The code of the problem that some work ends in; `none` where it does not. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof Failed ? error.code : `unexpected: ${String(error)}`),
  )
}

function text(input: unknown): string {
  return input === undefined ? '' : JSON.stringify(input)
}
