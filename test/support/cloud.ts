import { afterAll } from 'vitest'
import { connect, type Sql } from '../../src-cloud/database/connect.ts'
import { loadOrganisation, type SandboxData } from '../../src-cloud/load.ts'
import { startCloud, type CloudOptions } from '../../src-cloud/start.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { schemaOf, type MutationBody, type MutationReply } from '../../src-shared/protocol/mutation.ts'
import { Session, TenantToken } from '../../src-shared/protocol/session.ts'
import { cloudDatabase } from './cloud-database.ts'
import { releasePostgres, type PostgresServer } from './postgres.ts'
import { sampleClient, sampleOrganisation, uuid } from './sample.ts'

// First declared, so last to run: after the file's own hooks have closed their clouds.
afterAll(releasePostgres)

export interface TestCloud {
  url: string
  /** As the owner, who is a superuser: sees every row. */
  owner: Sql
  address: PostgresServer
  data: SandboxData[]
  /** Signs the first technician of an organisation in. */
  signIn(organisation?: number): Promise<Session>
  /** A token of the organisation's `client`-th tenant. */
  tenantToken(client?: number, organisation?: number): Promise<string>
  close(): Promise<void>
}

/**
 * A cloud over HTTP on a database of its own, in this process.
 * @param data two organisations, Alpha with two clients of 5 tickets and Beta with one of 3, where none is given
 */
export async function withCloud(data = sampleData(), options: CloudOptions = {}): Promise<TestCloud> {
  const database = await cloudDatabase()
  const cloud = await startCloud({ database: database.address, ...options })
  const owner = connect(database.address, 4)
  for (const one of data) await loadOrganisation(owner, one)
  const signInFirst = (organisation = 0) => {
    const [technician] = data[organisation]?.technicians ?? []
    if (!technician) throw new Error('no technician')
    return signIn(cloud.url, technician)
  }
  return {
    url: cloud.url,
    owner,
    address: database.address,
    data,
    signIn: signInFirst,
    tenantToken: async (client = 0, organisation = 0) =>
      enter(
        cloud.url,
        (await signInFirst(organisation)).accessToken,
        data[organisation]?.clients[client]?.tenant.id ?? '',
      ),
    close: async () => {
      await owner.end()
      await cloud.close()
      await database.drop()
    },
  }
}

export function sampleData(): SandboxData[] {
  return [
    sampleOrganisation('Alpha', [sampleClient('Acme', 5), sampleClient('Zephyr', 5)]),
    sampleOrganisation('Beta', [sampleClient('Borealis', 3)]),
  ]
}

/** One request; a body makes it a POST. */
export async function ask(
  url: string,
  path: string,
  { method, token, body, signal }: { method?: string; token?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  })
}

/** Signs somebody in. */
export async function signIn(url: string, { email, password }: { email: string; password: string }): Promise<Session> {
  return Session.parse(await read(await ask(url, paths.session, { body: { email, password } })))
}

/** A token of one tenant. @param accessToken of a session */
export async function enter(url: string, accessToken: string, tenant: string): Promise<string> {
  const minted = await ask(url, paths.tenantToken(tenant), { token: accessToken, method: 'POST' })
  return TenantToken.parse(await read(minted)).token
}

/** @throws Error with what came, where it is no success */
async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`)
  return response.json()
}

export interface FeedLine {
  kind: string
  id: string
  version: number
  deleted?: true
  data?: Record<string, unknown>
}
export interface Feed {
  opening: { feed: 1; epoch: string; head: number; rows: number }
  changes: FeedLine[]
  closing: { end: true; cursor: number; lastSequence: number }
}

/** Reads a whole change feed. */
export async function readFeed(url: string, token: string, after = 0, client?: string): Promise<Feed> {
  const response = await ask(url, `${paths.changes}?after=${after}${client ? `&client=${client}` : ''}`, { token })
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`)
  const lines = (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown)
  return { opening: lines[0], changes: lines.slice(1, -1), closing: lines.at(-1) } as Feed
}

/** How many transactions of a database wait for a row or a table that another one holds. */
export async function waitingFor(owner: Sql): Promise<number> {
  const waiting = await owner`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  return waiting.length
}

/** Posts mutations with sequences from `first` on. */
export async function push(
  url: string,
  token: string,
  clientId: string,
  first: number,
  bodies: MutationBody[],
): Promise<Response> {
  const at = new Date().toISOString()
  const mutations = bodies.map((body, i) => ({ sequence: first + i, schema: schemaOf(body), at, body }))
  return ask(url, paths.mutations, { token, body: { clientId, mutations } })
}

/** The same, with the answer read. */
export async function pushed(
  url: string,
  token: string,
  clientId: string,
  first: number,
  bodies: MutationBody[],
): Promise<MutationReply> {
  const response = await push(url, token, clientId, first, bodies)
  return (await read(response)) as MutationReply
}

/** Adds what no sample client comes with: a view, and a file whose content is not there. */
export async function addDesk(url: string, token: string, name: string): Promise<void> {
  await pushed(url, token, uuid(name, 'desk client'), 1, [
    {
      kind: 'view.create',
      viewId: uuid(name, 'view'),
      view: {
        name: `Open at ${name}`,
        ownerId: null,
        filter: { open: true },
        sort: { by: 'due', direction: 'ascending' },
        columns: [],
      },
    },
    {
      kind: 'attachment.add',
      attachmentId: uuid(name, 'attachment'),
      ticketId: uuid(name, 'ticket', 1),
      entryId: uuid(name, 'entry', 1),
      attachment: { name: 'log.txt', type: 'text/plain', size: 3, sha256: 'a'.repeat(64) },
    },
  ])
}
