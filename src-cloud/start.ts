import type { FastifyServerOptions } from 'fastify'
import { ProblemError } from '../src-shared/problem.ts'
import { Announcements } from './announcements.ts'
import { API_ROLE, apiPassword, connect, type DatabaseAddress, type Sql } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import { defaultFolder } from './embedded/folder.ts'
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts'
import { ESCALATION_SECONDS, escalateEvery } from './escalation/escalations.ts'
import { buildServer } from './http/server.ts'
import { goOnImport } from './import/run-job.ts'
import { Jobs } from './jobs/jobs.ts'
import { loadOrganisation, type SandboxData } from './load.ts'
import { RETENTION_DAYS, sweepDaily, sweepImports } from './retention.ts'
import { Sessions } from './sessions.ts'
import { followClosed } from './offboarding/closed.ts'
import { goOnOffboarding } from './offboarding/run.ts'
import { goOnWithBusy } from './onboarding/busy.ts'
import { goOn } from './onboarding/run.ts'
import { renewConfigurations } from './settings/renew.ts'
import { inheritDefaults } from './settings/defaults.ts'
import { readShelf } from './templates/templates.ts'
import { tokenKey, Tokens } from './tokens.ts'

/** Takes lines of JSON. */
export interface LogStream {
  write(line: string): unknown
}

export interface CloudOptions {
  /** 0, the default, for a free one. */
  port?: number
  /** Address to listen on; 127.0.0.1 by default. */
  host?: string
  /** An owner's connection to a Postgres; without it one is started in `data`. */
  database?: DatabaseAddress | undefined
  /** Folder of the embedded Postgres; see {@link defaultFolder}. */
  data?: string | undefined
  /** Loaded once; a function is not even called where it was before. */
  seed?: SandboxData | (() => Promise<SandboxData>) | undefined
  /** Where log lines go; nowhere by default. */
  log?: LogStream
  /** Password of the API role, where it cannot be derived from the owner's. */
  apiPassword?: string | undefined
  /** Seconds that tokens live, for tests; 15 minutes by default. */
  tokenSeconds?: number
  /** Seconds that presence holds without being said again, for tests; a minute by default. */
  presenceSeconds?: number
  /** The database came from a backup: clients are told by a new epoch that their cursors mean nothing any more. */
  restored?: boolean
  /** Days that tombstones are kept; 90 by default. A client that was away for longer loads everything again. */
  retentionDays?: number
  /** Seconds between two looks at rules of escalation; 15 by default. */
  escalationSeconds?: number
  /** What those rules, and the daily work, take for now, in ms since 1970, for tests. */
  clock?: () => number
  /** Folder of templates beside those that come along. */
  templates?: string | undefined
  /** Addresses of technicians who become administrators of their organisations. */
  administrators?: string[]
  /** Ends a start that is under way. */
  signal?: AbortSignal
  /** Told in one line what was done otherwise than asked. */
  note?: (line: string) => void
}

export interface Cloud {
  /** Without a trailing slash. */
  url: string
  /** As the owner of the database. */
  address: DatabaseAddress
  close(): Promise<void>
}

/**
 * Starts a cloud in this process: Postgres where none is given, migrations, seed, HTTP.
 * @throws ProblemError `port-in-use`, `not-found` for an administrator who is not there, and those of the database
 */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const undo: (() => Promise<unknown>)[] = []
  const undoAll = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step()
  }
  // One after the other, also when it is asked for again meanwhile.
  let closing = Promise.resolve()
  const close = () => (closing = closing.then(undoAll))
  options.signal?.addEventListener('abort', () => void close().catch(() => undefined), { once: true })
  try {
    const address = options.database ?? (await embedded(options, undo))
    options.signal?.throwIfAborted()
    const password = apiPassword(address, options.apiPassword)
    await migrate(address, password)
    const owner = connect(address, 2)
    undo.push(() => owner.end({ timeout: 5 }))
    if (options.seed) await plant(owner, options.seed)
    for (const email of options.administrators ?? []) await appoint(owner, email)
    if (options.restored) await owner`select bulkhead.renew_epoch()`
    const key = await tokenKey(owner)
    undo.push(
      sweepDaily(owner, options.retentionDays ?? RETENTION_DAYS, () =>
        options.note?.('Old deletions could not be dropped; the next try is in a day.'),
      ),
    )

    const api = connect(address, 16, { username: API_ROLE, password })
    undo.push(() => api.end({ timeout: 5 }))
    const escalations = connect(address, 2, { username: API_ROLE, password })
    undo.push(() => escalations.end({ timeout: 5 }))
    undo.push(
      escalateEvery(
        options.escalationSeconds ?? ESCALATION_SECONDS,
        { owner, api: escalations },
        () => options.note?.('Rules of escalation of a client could not be looked at; the next try is soon.'),
        options.clock,
      ),
    )
    const contents = connect(address, 4, { username: API_ROLE, password })
    undo.push(() => contents.end({ timeout: 5 }))
    const shelf = readShelf(options.templates)
    for (const { reason } of shelf.refused) options.note?.(reason)
    const announcements = new Announcements(options.presenceSeconds)
    await announcements.start(api)
    const jobs = new Jobs(address, () =>
      options.note?.('Work that waits could not be looked at; the next try is soon.'),
    )
    undo.push(() => jobs.close())
    jobs.start({
      defaults: async ({ organisation }, signal) => void (await inheritDefaults(api, organisation, signal)),
      onboarding: ({ organisation, onboarding }, signal) =>
        goOn({ owner, api, shelf, announcements }, organisation, onboarding, signal),
      offboarding: ({ organisation, offboarding }, signal) =>
        goOnOffboarding({ owner, api: contents, key }, organisation, offboarding, signal),
      daily: async (_, signal) => {
        const now = new Date(options.clock?.() ?? Date.now())
        const failed = () => options.note?.('Settings of a client could not be renewed; the next try is tomorrow.')
        await renewConfigurations({ owner, api }, now, failed, signal)
        await sweepImports({ owner, api }, signal)
      },
      import: ({ tenant, import: id }, signal) => goOnImport(contents, tenant, id, signal),
    })
    undo.push(goOnWithBusy(owner, jobs))
    // A cloud that stands still at night is looked after as it starts.
    void jobs.ask('daily', 'start', {}).catch(() => undefined)
    const tokens = new Tokens(key, options.tokenSeconds, await followClosed(owner, api))
    const app = await buildServer(
      { api, contents, tokens, sessions: new Sessions(api, tokens), announcements, jobs, shelf },
      loggerOptions(options.log),
    )
    undo.push(() => app.close())
    const { port = 0, host = '127.0.0.1' } = options
    const url = await app.listen({ port, host }).catch((cause: { code?: string }) => {
      throw cause.code === 'EADDRINUSE' ? new ProblemError('port-in-use', { port }, { cause }) : cause
    })
    return { url, address, close }
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
}

async function embedded(options: CloudOptions, undo: (() => Promise<unknown>)[]): Promise<DatabaseAddress> {
  const postgres = await startEmbeddedPostgres(options.data ?? defaultFolder(), options.note ?? (() => undefined))
  undo.push(() => postgres.stop())
  return postgres.address
}

async function plant(owner: Sql, seed: NonNullable<CloudOptions['seed']>): Promise<void> {
  if (typeof seed !== 'function') return void (await loadOrganisation(owner, seed))
  const [planted] = await owner`select from server_meta where key = 'seeded'`
  if (planted) return
  await loadOrganisation(owner, await seed())
  await owner`insert into server_meta (key, value) values ('seeded', 'yes')`
}

async function appoint(owner: Sql, address: string): Promise<void> {
  const [row] = await owner<{ done: boolean }[]>`select bulkhead.appoint_administrator(${address}) as done`
  if (!row?.done) throw new ProblemError('not-found', { what: `A technician with the address ${address}` })
}

/** Requests and answers by method, path and status; no headers, no bodies. */
function loggerOptions(stream: LogStream | undefined): FastifyServerOptions['logger'] {
  if (!stream) return false
  const secrets = ['authorization', 'password', 'token', 'accessToken', 'refreshToken']
  return {
    stream,
    level: 'info',
    redact: ['req.headers', 'headers', ...secrets, ...secrets.map((name) => `*.${name}`)],
    serializers: {
      req: ({ method, url }: { method?: string; url?: string }) => ({ method, url }),
      res: ({ statusCode }: { statusCode?: number }) => ({ statusCode }),
    },
  }
}
