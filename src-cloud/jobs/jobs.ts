import { PgBoss, type ConstructorOptions } from 'pg-boss'
import type { DatabaseAddress } from '../database/connect.ts'

/** The work that is done behind the answers, by queue, and what a job of it says. Ids alone: jobs lie outside of the tenants' tables. */
export interface JobData {
  /** Works the configurations of an organisation's tenants out anew. */
  defaults: { organisation: string }
  /** Goes on with an onboarding as far as nobody is asked. */
  onboarding: { organisation: string; onboarding: string }
  /** Goes on with an import. */
  import: { tenant: string; import: string }
  /** Goes on with taking a client out. */
  offboarding: { organisation: string; offboarding: string }
  /** What has to be looked after from day to day. */
  daily: Record<string, never>
}
export type JobQueue = keyof JobData

/** Does one job. It may come more than once, and at the same time in another process. */
export type JobWork<Q extends JobQueue> = (data: JobData[Q], signal: AbortSignal) => Promise<void>

/** When the daily work is done, in UTC: in one of the processes. */
const DAILY = '17 3 * * *'
/** Jobs of one queue at the same time in this process. */
const TOGETHER = 3
/** Seconds after which a job that nobody ends, as its process died, is done again; starts go on with their own at once. */
const EXPIRE_SECONDS = 300

/** A queue of jobs on Postgres, shared by all processes of the cloud. */
export class Jobs {
  readonly #boss: PgBoss
  readonly #failed: (error: unknown) => void
  readonly #stop = new AbortController()
  #ready: Promise<void> = Promise.resolve()

  /** @param address as the owner of the database: the tables of jobs are in a schema of their own, which the API role does not see */
  constructor(address: DatabaseAddress, failed: (error: unknown) => void) {
    this.#failed = failed
    const where: ConstructorOptions =
      typeof address === 'string' ? { connectionString: address } : { ...address, user: address.username }
    this.#boss = new PgBoss({
      ...where,
      schema: 'bulkhead_jobs',
      application_name: 'bulkhead-cloud',
      max: 4,
      useListenNotify: true,
      monitorVacuum: false,
      reindex: false,
    })
    this.#boss.on('error', failed)
  }

  /** Opens the queues and begins to work; what is asked for meanwhile waits. Jobs that are there already go on. */
  start(work: { [Q in JobQueue]: JobWork<Q> }): void {
    this.#ready = this.#start(work)
    this.#ready.catch(this.#failed)
  }

  /** Asks for a job; one of the same key that waits already is enough. */
  async ask<Q extends JobQueue>(queue: Q, key: string, data: JobData[Q]): Promise<void> {
    await this.#ready
    if (this.#stop.signal.aborted) return
    await this.#boss.send(queue, data, { singletonKey: key })
  }

  /** Takes nothing new, and waits for what is under way. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ready.catch(() => undefined)
    await this.#boss.stop({ graceful: true, timeout: 5000, close: true })
  }

  async #start(work: { [Q in JobQueue]: JobWork<Q> }): Promise<void> {
    await this.#boss.start()
    for (const queue of Object.keys(work) as JobQueue[]) await this.#open(queue, work[queue] as JobWork<JobQueue>)
    await this.#boss.schedule('daily', DAILY, {})
  }

  async #open(queue: JobQueue, work: JobWork<JobQueue>): Promise<void> {
    // One that waits for each key, however often it is asked for.
    await this.#boss.createQueue(queue, {
      policy: 'short',
      notify: true,
      retryLimit: 8,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 60,
      expireInSeconds: EXPIRE_SECONDS,
      deleteAfterSeconds: 86_400,
    })
    await this.#boss.work<JobData[JobQueue]>(
      queue,
      { localConcurrency: TOGETHER, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 },
      async (jobs) => {
        for (const { data, signal } of jobs) await work(data, AbortSignal.any([signal, this.#stop.signal]))
      },
    )
  }
}
