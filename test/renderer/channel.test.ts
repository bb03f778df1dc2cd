import { createTRPCClient, TRPCClientError } from '@trpc/client'
import { expect, test, vi } from 'vitest'
import { encodeFrame } from '../../src-shared/channel/frame.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { ClientsChange } from '../../src-shared/domain/views.ts'
import type { ConsoleRouter } from '../../src-main/console/router.ts'
import { channelLink, CONSOLE, problemFrom } from '../../src-renderer/app/channel/link.ts'
import { follow } from '../../src-renderer/app/channel/follow.ts'
import { dateTime } from '../../src-renderer/ui/time.ts'
import { startHost, type Host } from './host.ts'

const WELCOME: SessionStatus = {
  state: 'welcome',
  sealing: 'keychain',
  cloudUrl: null,
  exposed: null,
  samples: true,
  problem: null,
}

function clientOf(host: Host) {
  return createTRPCClient<ConsoleRouter>({ links: [channelLink(host.connection, CONSOLE)] })
}

test('a query made before the line is open waits for it and is answered', async () => {
  const host = startHost({ sessionStatus: () => WELCOME })
  const answer = clientOf(host).session.status.query()
  expect(host.sent).toEqual([])
  host.open()
  expect(await answer).toEqual(WELCOME)
})

test('a problem of the host reaches the caller as that problem', async () => {
  const host = startHost({
    trySandbox: () => {
      throw new ProblemError('sandbox-failed', { reason: 'no room' })
    },
  })
  host.open()
  const error: unknown = await clientOf(host)
    .session.trySandbox.mutate()
    .catch((thrown: unknown) => thrown)
  expect(problemFrom(error)).toEqual({
    code: 'sandbox-failed',
    message: 'The sample clients could not be started: no room',
    retry: true,
  })
})

test('a sentence tells instants in the time of the window', async () => {
  const host = startHost({
    trySandbox: () => {
      throw new ProblemError('onboarding-changed', { by: 'Dana', at: '2026-11-27T12:18:49.276Z' })
    },
  })
  host.open()
  const error: unknown = await clientOf(host)
    .session.trySandbox.mutate()
    .catch((thrown: unknown) => thrown)
  const at = dateTime('2026-11-27T12:18:49.276Z')
  expect(problemFrom(error).message).toBe(`Dana did something here meanwhile, at ${at}. Look at it again, then go on.`)
})

test.each(['query', 'mutation', 'subscription'] as const)(
  'stopping a %s tells the host and ends its work',
  async (kind) => {
    let aborted = false
    const host = startHost({
      async *watchSession(signal) {
        yield WELCOME
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
        aborted = true
      },
      trySandbox: () => new Promise(() => undefined),
      sessionStatus: () => new Promise(() => undefined) as never,
    })
    host.open()
    const client = clientOf(host)
    const abort = new AbortController()
    if (kind === 'subscription') {
      const heard: SessionStatus[] = []
      const running = client.session.watch.subscribe(undefined, { onData: (status) => heard.push(status) })
      await vi.waitFor(() => expect(heard).toEqual([WELCOME]))
      running.unsubscribe()
      await vi.waitFor(() => expect(aborted).toBe(true))
    } else {
      const call =
        kind === 'query'
          ? client.session.status.query(undefined, { signal: abort.signal })
          : client.session.trySandbox.mutate(undefined, { signal: abort.signal })
      const failed = call.catch((error: unknown) => error)
      abort.abort()
      expect(await failed).toBeInstanceOf(TRPCClientError)
    }
    const [call, stop] = host.sent.map((frame) => JSON.parse(frame.split('\n')[0] ?? '') as { op: string; id: number })
    expect(stop).toEqual({ op: 'stop', id: call?.id })
  },
)

test('replies to calls that the window does not know are dropped', async () => {
  const host = startHost({ sessionStatus: () => WELCOME })
  host.open()
  host.give(encodeFrame({ op: 'data', id: 999 }, '"stray"'))
  host.give('no frame at all')
  expect(await clientOf(host).session.status.query()).toEqual(WELCOME)
  host.give(encodeFrame({ op: 'data', id: 1 }, '"late"'))
})

test('a cut line fails running calls with a problem that says so and may be tried again', async () => {
  const host = startHost({ trySandbox: () => new Promise(() => undefined) })
  host.open()
  const call = clientOf(host)
    .session.trySandbox.mutate()
    .catch((thrown: unknown) => problemFrom(thrown))
  host.cut()
  expect(await call).toMatchObject({ code: 'host-lost', retry: true })
  await expect(clientOf(host).session.status.query()).rejects.toThrow('stopped')
})

test('a followed subscription starts again when the line is back', async () => {
  const host = startHost({
    async *watchClients(signal): AsyncGenerator<ClientsChange> {
      yield { changed: [], gone: [] }
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
    },
  })
  host.open()
  const client = clientOf(host)
  let heard = 0
  const end = follow<ClientsChange>(
    host.connection,
    (observer) => client.clients.watch.subscribe(undefined, observer),
    () => (heard += 1),
  )
  await vi.waitFor(() => expect(heard).toBe(1))
  host.cut()
  host.open()
  await vi.waitFor(() => expect(heard).toBe(2))
  end()
  host.cut()
  host.open()
  expect(host.sent.filter((frame) => frame.includes('"call"'))).toHaveLength(2)
})
