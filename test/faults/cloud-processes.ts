import { setTimeout as wait } from 'node:timers/promises'
import { connect, type Sql } from '../../src-cloud/database/connect.ts'
import { loadOrganisation, type SandboxData } from '../../src-cloud/load.ts'
import { startCloudProcess, type Running } from '../e2e/processes.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import type { Outage } from '../property/actions.ts'

/** Several processes of the cloud on one Postgres, all of which can be restarted while clients work. */
export class CloudProcesses {
  /** As the owner of the database. */
  readonly owner: Sql
  /** Base addresses; they stay the same. */
  readonly urls: string[]
  readonly #postgres: TestPostgres
  readonly #running: Running[]

  private constructor(postgres: TestPostgres, running: Running[]) {
    this.#postgres = postgres
    this.#running = running
    this.urls = running.map(({ address }) => address)
    this.owner = connect(postgres.address, 4)
  }

  static async start(data: SandboxData, count = 2): Promise<CloudProcesses> {
    const postgres = await startPostgres()
    const running = await Promise.all(Array.from({ length: count }, () => startOne(postgres, 0)))
    const processes = new CloudProcesses(postgres, running)
    await loadOrganisation(processes.owner, data)
    return processes
  }

  /** Lets one of its outages happen; all processes answer again when this resolves. */
  async outage(mode: Outage): Promise<void> {
    const all = [...this.#running.keys()]
    switch (mode) {
      case 'graceful':
        await Promise.all(all.map((i) => this.#running[i]?.stop()))
        return void (await Promise.all(all.map((i) => this.#restart(i))))
      case 'rolling':
        for (const i of all) {
          await this.#running[i]?.stop()
          await this.#restart(i)
        }
        return
      case 'brutal':
        await Promise.all([this.#postgres.crash(), ...all.map((i) => this.#running[i]?.kill())])
        return void (await Promise.all(all.map((i) => this.#restart(i))))
      case 'frozen':
        this.#signal('SIGSTOP')
        await wait(700)
        this.#signal('SIGCONT')
    }
  }

  async close(): Promise<void> {
    await this.owner.end({ timeout: 5 })
    await Promise.all(this.#running.map((one) => one.stop()))
    await this.#postgres.stop()
  }

  #signal(signal: NodeJS.Signals): void {
    for (const { pid } of this.#running) process.kill(pid, signal)
  }

  async #restart(index: number): Promise<void> {
    this.#running[index] = await startOne(this.#postgres, Number(new URL(this.urls[index] ?? '').port))
  }
}

async function startOne({ address }: TestPostgres, port: number): Promise<Running> {
  const { host, database, username, password } = address
  const place = host.startsWith('/') ? `localhost/${database}?host=${host}` : `${host}:${address.port}/${database}`
  return startCloudProcess([`--port=${port}`], { DATABASE_URL: `postgres://${username}:${password}@${place}` })
}
