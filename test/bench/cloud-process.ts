/** Run by the bench as a process of its own: real clouds on one embedded Postgres, and a server of one static file. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type DatabaseAddress } from '../../src-cloud/database/connect.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src-cloud/embedded/embedded-postgres.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { answerQuestions } from './forked.ts'
import { seedOf, type SeedSize } from './seed.ts'

export type CloudQuestion = { op: 'cloud'; size: SeedSize } | { op: 'serve'; file: string }

const wish = await mkdtemp(join(tmpdir(), 'bulkhead-bench-cloud-'))
const clouds: Cloud[] = []
let postgres: Promise<EmbeddedPostgres> | null = null

answerQuestions(
  (question: CloudQuestion) => (question.op === 'cloud' ? cloud(question.size) : serve(question.file)),
  async () => {
    for (const one of clouds) await one.close()
    const started = await postgres
    await started?.stop()
    for (const folder of [wish, started?.folder ?? wish]) await rm(folder, { recursive: true, force: true })
  },
)

/** @returns its address */
async function cloud(size: SeedSize): Promise<string> {
  const { address } = await (postgres ??= startEmbeddedPostgres(wish, () => undefined))
  const database = `bench_${clouds.length}`
  const owner = connect(address, 1)
  await owner.unsafe(`create database ${database}`)
  await owner.end()
  const started = await startCloud({
    database: { ...(address as Exclude<DatabaseAddress, string>), database },
    seed: seedOf(size),
  })
  clouds.push(started)
  return started.url
}

/** @returns the file's address */
function serve(file: string): Promise<string> {
  const body = readFileSync(file)
  const server = createServer((_request, response) => response.end(body))
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
  })
}
