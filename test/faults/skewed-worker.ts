import { workerData } from 'node:worker_threads'

/** A compartment's worker on a machine whose clock is off: by so many milliseconds, and from one look to the next by more. */
const { offset, drift } = workerData as { offset: number; drift: number }
const RealDate = Date
let looks = 0
const skewed = (): number => RealDate.now() + offset + drift * looks++

globalThis.Date = new Proxy(RealDate, {
  construct: (target, values) => new target(...((values.length > 0 ? values : [skewed()]) as [number])),
  apply: () => new RealDate(skewed()).toString(),
  get: (target, name) => (name === 'now' ? skewed : Reflect.get(target, name)),
})
await import('../../src-main/compartment/worker.ts')
