import { decodeRequest, encodeFrame, MAX_FRAME } from '../../src-shared/channel/frame.ts'
import { problemOf } from '../../src-shared/problem.ts'
import type { ClientsChange } from '../../src-shared/domain/views.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { TenantLogo } from '../../src-shared/protocol/session.ts'
import { Calls } from '../channel/calls.ts'
import { Console } from './console.ts'
import { keepFiles, leftBehind, removeFiles } from './departed.ts'
import { Launches } from './launches.ts'
import type { Host, HostOptions, WindowChannel } from './host.ts'
import { lockProfile } from './profile-lock.ts'
import { consoleRouter, type ConsoleApi } from './router.ts'
import { runChecks } from './verification.ts'

/** Milliseconds that changes of client summaries are gathered before windows are told. */
const GATHER = 100

/**
 * Opens a profile and serves windows on it. Returns as soon as windows can be attached: what takes longer
 * (the profile's state, the cloud) is told through the session status.
 * @throws ProblemError `profile-in-use`, `profile-unreadable`
 */
export async function openHost(options: HostOptions): Promise<Host> {
  const unlock = lockProfile(options.profile)
  const console = new Console(options)
  const windows = new Set<WindowChannel>()
  const launches = new Launches()
  const started = console.start()
  return {
    attach(send) {
      const channel = attachWindow(console, launches, send, () => windows.delete(channel))
      windows.add(channel)
      return channel
    },
    launch: (launch) => launches.add(launch),
    away: () => console.away(),
    async close() {
      for (const window of windows) window.close()
      await started
      await console.close()
      unlock()
    },
  }
}

/** One window's calls: those to the console are answered here, those with a scope go on to their compartment unparsed. */
function attachWindow(
  console: Console,
  launches: Launches,
  send: (frame: string) => void,
  onClose: () => void,
): WindowChannel {
  const window = Symbol('window')
  const stops = new Map<number, () => void>()
  let open = true
  const answer = (op: 'data' | 'next' | 'error' | 'done', id: number, payload: string) => {
    if (op !== 'next') stops.delete(id)
    if (open) send(encodeFrame({ op, id }, payload))
  }
  const calls = new Calls<ConsoleApi>(
    consoleRouter,
    { ...consoleApi(console, window), watchLaunches: (signal) => launches.watch(signal) },
    answer,
  )

  return {
    receive(frame) {
      if (!open || frame.length > MAX_FRAME) return
      const request = decodeRequest(frame)
      if (!request) return
      const { header, payload } = request
      if (header.op === 'stop') {
        calls.stop(header.id)
        stops.get(header.id)?.()
        stops.delete(header.id)
      } else if (header.op === 'open') {
        // Not awaited before the next frame: calls to the scope follow in the same breath.
        console.openClient(header.scope, header.tenant, window).then(
          () => answer('data', header.id, ''),
          (error: unknown) => answer('error', header.id, JSON.stringify(problemOf(error))),
        )
      } else if (header.to === 'console') {
        void calls.call(header.id, header.type, header.path, payload)
      } else if (!stops.has(header.id)) {
        const receive = (op: 'data' | 'next' | 'error' | 'done', answered: string) => answer(op, header.id, answered)
        routeToCompartment(console, window, header, payload, receive, (stop) => stops.set(header.id, stop))
      }
    },
    close() {
      if (!open) return
      open = false
      calls.stopAll()
      for (const stop of stops.values()) stop()
      if (console.hasWorkspace) console.workspace.supervisor.scopes.revokeWindow(window)
      onClose()
    },
  }
}

function routeToCompartment(
  console: Console,
  window: symbol,
  header: { to: string; type: 'query' | 'mutation' | 'subscription'; path: string },
  payload: string,
  receive: (op: 'data' | 'next' | 'error' | 'done', payload: string) => void,
  keep: (stop: () => void) => void,
): void {
  let ended = false
  const stop = console.supervisorCall(header.to, window, header.type, header.path, payload, (op, answered) => {
    if (op !== 'next') ended = true
    receive(op, answered)
  })
  if (!ended) keep(stop)
}

function consoleApi(console: Console, window: symbol): Omit<ConsoleApi, 'watchLaunches'> {
  return {
    sessionStatus: () => console.status.get(),
    diagnostics: () => console.diagnostics(),
    watchSession: (signal) => console.status.watch(signal),
    trySandbox: () => console.trySandbox(),
    connect: (input) => console.connect(input),
    lock: () => console.lock(),
    unlock: (passphrase) => console.unlock(passphrase),
    activity: () => console.touch(),
    keyReport: () => console.keys.report(),
    exportRecovery: ({ passphrase, current = null }) =>
      console.turns.take(() => console.keys.exportRecovery(passphrase, current)),
    importRecovery: (input) => console.turns.take(() => console.keys.importRecovery(input)),
    rotateKey: (tenantId) => console.turns.take(() => console.keys.rotate(tenantId)),
    setPassphrase: ({ current = null, next }) => console.turns.take(() => console.keys.setPassphrase(current, next)),
    remedy: (input) =>
      console.turns.take(async () => {
        await console.keys.remedy(input)
        return console.status.get()
      }),
    signIn: (password) => console.signIn(password),
    signOut: () => console.signOut(),
    reconnect: () => console.workspace.connect(),
    runChecks: async (onboardingId) => {
      const { session, supervisor } = console.workspace
      const desk = {
        session,
        knows: (tenantId: string) => console.clients().some(({ id }) => id === tenantId),
        sync: (tenantId: string) => supervisor.syncInBackground(tenantId),
        wake: (tenantId: string) => supervisor.wake(tenantId),
        checkRecovery: (tenantId: string) => console.turns.take(() => console.keys.checkRecovery(tenantId)),
      }
      return runChecks(desk, onboardingId)
    },
    clients: () => console.clients(),
    clientDiagnostics: async (tenantId) => console.workspace.diagnostics(tenantId),
    watchClients: (signal) => watchClients(console, signal),
    leftBehind: () => leftBehind(console.workspace.departed),
    keepFiles: (tenantId) => keepFiles(console.workspace.departed, tenantId),
    removeFiles: (tenantId) => console.turns.take(() => removeFiles(console.workspace.departed, tenantId)),
    closeClient: (scope) => console.workspace.supervisor.scopes.revoke(scope, window),
    giveLogo: async (tenantId, logo) => {
      await console.workspace.session.ask(paths.tenantLogo(tenantId), TenantLogo, { method: 'POST', body: { logo } })
    },
    pin: (tenantId, pinned) => console.workspace.pin(tenantId, pinned),
    onboarding: () => console.workspace.onboardings,
    offboarding: () => console.workspace.offboardings,
    defaults: () => console.workspace.defaults,
    settings: () => console.settings(),
    changeSettings: (change) => console.changeSettings(change),
  }
}

async function* watchClients(console: Console, signal: AbortSignal | undefined): AsyncGenerator<ClientsChange> {
  const changes = console.changedClients.watch(GATHER, signal)
  // Listening begins before the first answer is made, so that no change falls between the two.
  let next = changes.next()
  yield { changed: console.clients(), gone: [] }
  for (;;) {
    const { value, done } = await next
    if (done) return
    if (console.hasWorkspace) yield console.workspace.changeOf(value)
    next = changes.next()
  }
}
