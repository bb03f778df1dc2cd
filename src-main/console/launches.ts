import { EventEmitter, once } from 'node:events'
import type { NewClientLaunch } from '../../src-shared/onboarding/launch.ts'

/** What was asked for from outside of windows; it waits until one takes it, which may be after a sign-in. */
export class Launches {
  readonly #waiting: NewClientLaunch[] = []
  readonly #came = new EventEmitter<{ came: [] }>()

  add(launch: NewClientLaunch): void {
    // Who clicks twice wants one.
    this.#waiting.splice(0, this.#waiting.length, launch)
    this.#came.emit('came')
  }

  /** Each launch goes to one window. */
  async *watch(signal: AbortSignal | undefined): AsyncGenerator<NewClientLaunch> {
    while (!signal?.aborted) {
      const launch = this.#waiting.shift()
      if (launch) yield launch
      else if (!(await once(this.#came, 'came', signal ? { signal } : {}).catch(() => null))) return
    }
  }
}
