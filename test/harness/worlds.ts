/**
 * What runs in a page besides its own scripts. Chromium gets the source text of these functions, so each is complete in
 * itself. `contextIsolation` and `sandbox` are modelled as
 * https://www.electronjs.org/docs/latest/tutorial/context-isolation and …/sandbox describe them: the preload runs in a
 * world of its own, over the same document, with `require('electron')` of a sandboxed preload and no Node.
 */

/** Names of events that a page cannot know: they are drawn anew for every window. */
export interface BridgeNames {
  toPage: string
  toPreload: string
}

type Packed =
  | { kind: 'value'; value: unknown }
  | { kind: 'list'; items: Packed[] }
  | { kind: 'record'; entries: [string, Packed][] }
  | { kind: 'function'; id: number }

/** One event of the bridge; Chromium copies its `detail` from one world to the other, at once. */
type Message =
  | { kind: 'expose'; key: string; api: Packed }
  | { kind: 'call'; id: number; values: Packed[] }
  | { kind: 'answer'; value: Packed }
  | { kind: 'failure'; message: string }

export interface BridgeEnd {
  expose(key: string, api: unknown): void
}

/**
 * One end of the bridge between the two worlds of a page. Functions are called across it, all else is copied and frozen
 * (https://www.electronjs.org/docs/latest/api/context-bridge).
 */
export function bridgeEnd(own: string, other: string): BridgeEnd {
  // Taken now, before a script of the page can put something else in their place.
  const { apply } = Reflect
  const send = window.dispatchEvent
  const Carrier = CustomEvent
  const functions: ((...values: unknown[]) => unknown)[] = []
  let answer: Message | null = null

  function post(message: Message): void {
    apply(send, window, [new Carrier(other, { detail: message })])
  }

  function pack(value: unknown): Packed {
    if (typeof value === 'function') return { kind: 'function', id: functions.push(value as () => unknown) - 1 }
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.')
    if (typeof value !== 'object' || value === null) return { kind: 'value', value }
    if (Array.isArray(value)) return { kind: 'list', items: value.map(pack) }
    if (Object.getPrototypeOf(value) !== Object.prototype)
      throw new Error('The harness carries plain objects only across the bridge.')
    return { kind: 'record', entries: Object.entries(value).map(([key, inner]) => [key, pack(inner)]) }
  }

  function unpack(packed: Packed): unknown {
    if (packed.kind === 'value') return packed.value
    if (packed.kind === 'list') return Object.freeze(packed.items.map(unpack))
    if (packed.kind === 'record')
      return Object.freeze(Object.fromEntries(packed.entries.map(([key, inner]) => [key, unpack(inner)])))
    const { id } = packed
    return (...values: unknown[]) => call(id, values)
  }

  function call(id: number, values: unknown[]): unknown {
    answer = null
    post({ kind: 'call', id, values: values.map(pack) })
    // Set by the event that came back before `post` returned.
    const got = answer as Message | null
    answer = null
    if (got?.kind !== 'answer') throw new Error(got?.kind === 'failure' ? got.message : 'The other world is gone.')
    return unpack(got.value)
  }

  function answered(id: number, values: Packed[]): Message {
    try {
      return { kind: 'answer', value: pack(functions[id]?.(...values.map(unpack))) }
    } catch (error) {
      return { kind: 'failure', message: error instanceof Error ? error.message : String(error) }
    }
  }

  window.addEventListener(own, (event) => {
    const message = (event as CustomEvent<Message>).detail
    if (message.kind === 'call') post(answered(message.id, message.values))
    else if (message.kind === 'expose')
      Object.defineProperty(window, message.key, { value: unpack(message.api), enumerable: true })
    else answer = message
  })
  return {
    expose(key, api) {
      if (key in window) throw new Error('Cannot bind an API on top of an existing property on the window object')
      post({ kind: 'expose', key, api: pack(api) })
    },
  }
}

/** The main world's part; sub frames have none, as `nodeIntegrationInSubFrames: false` says. */
export function pageWorld(makeEnd: typeof bridgeEnd, names: BridgeNames): void {
  if (window === window.top) makeEnd(names.toPage, names.toPreload)
}

export interface PreloadWorld extends BridgeNames {
  /** Function by which this world, and no other, sends to main; and the name under which main finds what delivers to it. */
  binding: string
  deliver: string
  platform: string
}

type Listener = (event: object, ...values: unknown[]) => void
type Preload = (require: (name: string) => unknown, module: object, exports: object, process: object) => void

/** The preload's world: what https://www.electronjs.org/docs/latest/tutorial/sandbox gives to a sandboxed preload. */
export function preloadWorld(makeEnd: typeof bridgeEnd, given: PreloadWorld, preload: Preload): void {
  if (window !== window.top) return
  const globals = globalThis as unknown as Record<string, (text: string) => void>
  const toMain = globals[given.binding]
  delete globals[given.binding]
  const listeners = new Map<string, Set<Listener>>()

  function modelled<T extends object>(name: string, members: T): T {
    return new Proxy(members, {
      get(target, key, receiver): unknown {
        if (typeof key === 'string' && !(key in target))
          throw new Error(`The harness does not model ${name}.${key} in a sandboxed preload.`)
        return Reflect.get(target, key, receiver)
      },
    })
  }

  /** What JSON carries unchanged; more than that does not travel here. */
  function isPlain(value: unknown): boolean {
    if (typeof value !== 'object' || value === null)
      return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
    const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
    return plain && Object.values(value).every(isPlain)
  }

  const ipcRenderer = modelled('ipcRenderer', {
    on(channel: string, listener: Listener): void {
      const known = listeners.get(channel) ?? new Set()
      listeners.set(channel, known.add(listener))
    },
    send(channel: string, ...values: unknown[]): void {
      const cloned: unknown = structuredClone(values)
      if (!isPlain(cloned)) throw new Error('The harness carries plain values only over IPC.')
      toMain?.(JSON.stringify([channel, cloned]))
    },
  })
  Object.defineProperty(globalThis, given.deliver, {
    value(channel: string, values: unknown[]): void {
      for (const listener of listeners.get(channel) ?? []) listener(modelled('event', {}), ...values)
    },
  })

  const end = makeEnd(given.toPreload, given.toPage)
  const contextBridge = modelled('contextBridge', {
    exposeInMainWorld: (key: string, api: unknown) => end.expose(key, api),
  })
  const electron = modelled('electron', { contextBridge, ipcRenderer })
  function require(name: string): unknown {
    if (name !== 'electron') throw new Error(`module not found: ${name}`)
    return electron
  }
  const process = { type: 'renderer', sandboxed: true, contextIsolated: true, platform: given.platform }
  const module = { exports: {} }
  preload(require, module, module.exports, modelled('process', process))
}
