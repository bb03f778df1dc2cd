import { initTRPC } from '@trpc/server'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { Calls } from '../../src-main/channel/calls.ts'

const t = initTRPC.create()
let aborted = false
const router = t.router({
  double: t.procedure.input(z.object({ n: z.number() })).query(({ input }) => input.n * 2),
  nothing: t.procedure.mutation(() => undefined),
  known: t.procedure.query(() => {
    throw new ProblemError('disk-full')
  }),
  secret: t.procedure.query(() => {
    throw new Error('key=abc123')
  }),
  cyclic: t.procedure.query(() => {
    const a: { a?: unknown } = {}
    a.a = a
    return a as object
  }),
  slow: t.procedure.query(
    ({ signal }) =>
      new Promise((_, reject) =>
        signal?.addEventListener('abort', () => {
          aborted = true
          reject(new Error('aborted'))
        }),
      ),
  ),
  ticks: t.procedure.subscription(async function* ({ signal }) {
    for (let n = 1; n <= 3 && !signal?.aborted; n++) yield n
  }),
  forever: t.procedure.subscription(async function* ({ signal }) {
    yield 'first'
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))))
  }),
})

function setUp() {
  const answers: unknown[][] = []
  const calls = new Calls(router, {}, (...answer) => answers.push(answer))
  return { answers, calls }
}

test('a query is answered once, with its result as JSON', async () => {
  const { answers, calls } = setUp()
  await calls.call(1, 'query', 'double', '{"n":21}')
  expect(answers).toEqual([['data', 1, '42']])
})

test('a mutation without a result is answered too', async () => {
  const { answers, calls } = setUp()
  await calls.call(1, 'mutation', 'nothing', '')
  expect(answers).toEqual([['data', 1, '']])
})

test.each([
  ['a known problem', 'known', '', 'disk-full'],
  ['input of the wrong form', 'double', '{"n":"x"}', 'invalid-input'],
  ['a payload that is not JSON', 'double', '{n', 'invalid-input'],
  ['an unknown procedure', 'no.such', '', 'not-found'],
  ['a procedure of another type', 'nothing', '', 'not-found'],
  ['a result that cannot be serialised', 'cyclic', '', 'internal'],
])('%s is answered as a problem', async (_, path, payload, code) => {
  const { answers, calls } = setUp()
  await calls.call(1, 'query', path, payload)
  expect(answers).toHaveLength(1)
  expect(answers[0]?.[0]).toBe('error')
  expect(JSON.parse(String(answers[0]?.[2]))).toMatchObject({ code })
})

test('the text of an unexpected error stays inside', async () => {
  const { answers, calls } = setUp()
  await calls.call(1, 'query', 'secret', '')
  expect(JSON.stringify(answers)).not.toContain('abc123')
})

test('a stopped query is aborted and answers no more', async () => {
  const { answers, calls } = setUp()
  const running = calls.call(1, 'query', 'slow', '')
  await vi.waitFor(() => expect(aborted).toBe(false))
  calls.stop(1)
  await running
  expect(aborted).toBe(true)
  expect(answers).toEqual([])
})

test('a subscription tells each item, then that it is done', async () => {
  const { answers, calls } = setUp()
  await calls.call(1, 'subscription', 'ticks', '')
  expect(answers).toEqual([
    ['next', 1, '1'],
    ['next', 1, '2'],
    ['next', 1, '3'],
    ['done', 1, ''],
  ])
})

test('a stopped subscription ends although its generator waits', async () => {
  const { answers, calls } = setUp()
  const running = calls.call(1, 'subscription', 'forever', '')
  await vi.waitFor(() => expect(answers).toEqual([['next', 1, '"first"']]))
  calls.stop(1)
  await running
  expect(answers).toHaveLength(1)
})
