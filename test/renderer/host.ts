import { decodeRequest, encodeFrame } from '../../src-shared/channel/frame.ts'
import { problem } from '../../src-shared/problem.ts'
import { Calls } from '../../src-main/channel/calls.ts'
import { tenantRouter, type CompartmentApi } from '../../src-main/compartment/router.ts'
import { consoleRouter, type ConsoleApi } from '../../src-main/console/router.ts'
import { Connection, type AdapterEvents } from '../../src-renderer/app/channel/connection.ts'

/** A host in the same process: real frames, real routers, scripted answers, a line that can be cut. */
export interface Host {
  connection: Connection
  /** Frames as the window sent them. */
  sent: string[]
  /** Scopes that are served, each by its own compartment. */
  scopes: Map<string, Partial<CompartmentApi>>
  /** Opens the line (again). */
  open(): void
  /** Cuts it; running calls end at the host. */
  cut(): void
  /** Gives the window a frame as it is. */
  give(frame: string): void
}

/** @param compartmentOf what serves the scopes of a tenant; absent where none can be opened */
export function startHost(
  console: Partial<ConsoleApi> = {},
  compartmentOf?: (tenant: string) => Partial<CompartmentApi>,
): Host {
  const sent: string[] = []
  const scopes = new Map<string, Partial<CompartmentApi>>()
  let events: AdapterEvents | null = null
  let calls = new Map<string, { call: Calls<unknown>; ids: Set<number> }>()
  const give = (frame: string): void => events?.frame(frame)
  const callsOf = (to: string) => {
    const known = calls.get(to)
    if (known) return known
    const router = to === 'console' ? consoleRouter : tenantRouter
    const context: unknown = to === 'console' ? console : scopes.get(to)
    const call = new Calls<unknown>(router, context, (op, id, payload) => give(encodeFrame({ op, id }, payload)))
    const made = { call, ids: new Set<number>() }
    calls.set(to, made)
    return made
  }
  const connection = new Connection((given) => {
    events = given
    return {
      send(frame) {
        sent.push(frame)
        const request = decodeRequest(frame)
        if (!request) throw new Error(`not a frame: ${frame}`)
        const { header, payload } = request
        if (header.op === 'stop') {
          for (const one of calls.values()) if (one.ids.has(header.id)) one.call.stop(header.id)
          return
        }
        if (header.op === 'open') {
          if (compartmentOf) scopes.set(header.scope, compartmentOf(header.tenant))
          return
        }
        const { id, to, type, path } = header
        if (to !== 'console' && !scopes.has(to)) {
          queueMicrotask(() => give(encodeFrame({ op: 'error', id }, JSON.stringify(problem('scope-closed')))))
          return
        }
        const target = callsOf(to)
        target.ids.add(id)
        void target.call.call(id, type, path, payload)
      },
    }
  })
  return {
    connection,
    sent,
    scopes,
    give,
    open: () => events?.opened(),
    cut() {
      for (const one of calls.values()) one.call.stopAll()
      calls = new Map()
      events?.lost()
    },
  }
}
