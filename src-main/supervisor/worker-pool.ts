import { Worker } from 'node:worker_threads'
import type { FromWorker } from '../compartment/port.ts'

/** Where a company's proxy is named, by old custom. */
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']

/** Megabytes of JavaScript heap that one compartment may use. */
const HEAP_LIMIT_MB = 512

/**
 * Blank workers with their modules loaded, waiting to become somebody's compartment.
 * A worker is given out once and never comes back: what held one tenant's key never serves another.
 */
export class WorkerPool {
  readonly #script: string
  readonly #wanted: () => number
  #warm: Promise<Worker>[] = []
  #closed = false

  /** @param wanted how many blank workers to keep ready, asked whenever they may be too few */
  constructor(script: string, wanted: () => number) {
    this.#script = script
    this.#wanted = wanted
  }

  /** Starts the blank workers; they load in the background. */
  fill(): void {
    while (!this.#closed && this.#warm.length < this.#wanted()) {
      const made = this.#start()
      made.catch(() => undefined)
      this.#warm.push(made)
    }
  }

  /** A worker with its modules loaded, blank; another is started in its place a little later, where one is wanted. */
  async take(): Promise<Worker> {
    const made = this.#warm.shift() ?? this.#start()
    this.refill()
    return made
  }

  /** Fills up after the waking client has its first page, not while it loads it. */
  refill(): void {
    setTimeout(() => this.fill(), 300).unref()
  }

  async close(): Promise<void> {
    this.#closed = true
    const workers = await Promise.allSettled(this.#warm.splice(0))
    // Blank workers have no database open, so they may be ended at once.
    await Promise.all(workers.map((w) => (w.status === 'fulfilled' ? w.value.terminate() : undefined)))
  }

  #start(): Promise<Worker> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.#script, {
        // Nothing of the console's environment and arguments reaches a compartment but the way through the network.
        env: proxyEnvironment(process.env),
        argv: [],
        execArgv: ['--use-system-ca', '--use-env-proxy'],
        stdin: false,
        resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
      })
      const onExit = (code: number) => reject(new Error(`the compartment worker ended before it was warm (${code})`))
      worker.once('error', reject)
      worker.once('exit', onExit)
      worker.once('message', (message: FromWorker) => {
        if (message.op !== 'warm') return reject(new Error('the compartment worker did not report warm'))
        worker.off('error', reject)
        worker.off('exit', onExit)
        resolve(worker)
      })
    })
  }
}

function proxyEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(PROXY_VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}
