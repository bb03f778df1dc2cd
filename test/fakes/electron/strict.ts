import { EventEmitter } from 'node:events'

/** Names that runtimes and assertion libraries look for on any object; their absence is no error. */
const probed = new Set([
  'then',
  'toJSON',
  'asymmetricMatch',
  'nodeType',
  'tagName',
  'hasAttribute',
  '$$typeof',
  'inspect',
])

/** Makes reading a member that the fake does not model an error, so that no test passes on `undefined`. */
export function strict<T extends object>(name: string, modelled: T): T {
  return new Proxy(modelled, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && !(key in target) && !probed.has(key) && !key.startsWith('@@'))
        throw new Error(`The fake of Electron's ${name} does not model ${key}.`)
      return Reflect.get(target, key, receiver)
    },
  })
}

/** An emitter of these events and no others: a listener that the fake would never call is an error too. */
export class ModelledEvents extends EventEmitter {
  readonly events: readonly string[]

  constructor(events: readonly string[]) {
    super()
    this.events = events
  }

  override on(event: string, listener: (...args: never[]) => void): this {
    if (!this.events.includes(event)) throw new Error(`The fake of Electron does not model the event ${event}.`)
    return super.on(event, listener as (...args: unknown[]) => void)
  }
}
