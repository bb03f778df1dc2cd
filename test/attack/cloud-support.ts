import { randomUUID } from 'node:crypto'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import { ask, addDesk, pushed, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { samplesOf, type Filling, type JsonSchema } from '../support/samples.ts'
import { attach, fileOf, upload } from '../cloud/files.ts'

interface Parameter {
  in: 'path' | 'query' | 'header'
  name: string
  schema: JsonSchema
}
interface Operation {
  security?: Record<string, unknown>[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
}

/** One route of the OpenAPI document. */
export interface Route {
  method: string
  path: string
  kind: 'tenant' | 'organisation' | 'open'
  operation: Operation
}

/** What is sent to a route. */
export interface Attempt {
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** Every route that the cloud says it has, so that a new one is attacked too. */
export async function routesOf(url: string): Promise<{ routes: Route[]; ref: (name: string) => JsonSchema }> {
  const document = (await (await ask(url, '/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>
    components: { schemas?: Record<string, JsonSchema> }
  }
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => {
      const [kind = 'open'] = (operation.security ?? []).flatMap((one) => Object.keys(one))
      return { method: method.toUpperCase(), path, kind: kind as Route['kind'], operation }
    }),
  )
  const ref = (name: string): JsonSchema => document.components.schemas?.[name.split('/').at(-1) ?? ''] ?? {}
  return { routes, ref }
}

/** Stands for a device that never sent anything. */
const NEW_DEVICE = randomUUID()

/** Names under which a server could be made to take a tenant from a request. */
const NAMES = ['tenant', 'tenantId', 'tenant_id', 'tenants', 'client', 'organisation', 'organisationId']

/** Everything that fits a route, made of the given identifiers and texts; in query and headers some that do not. */
export function attemptsOn({ method, path, operation }: Route, filling: Filling, tenant: string): Attempt[] {
  const parameters = operation.parameters ?? []
  const valueOf = ({ name, schema }: Parameter): string => String(samplesOf(schema, filling, [name])[0])
  const named = (kind: Parameter['in']): Parameter[] => parameters.filter((one) => one.in === kind)
  let filled = path
  for (const one of named('path')) filled = filled.replace(`{${one.name}}`, encodeURIComponent(valueOf(one)))
  const known = named('query').map((one): [string, string] => [one.name, valueOf(one)])
  const queries = [
    known,
    [],
    [...known, ...NAMES.map((name): [string, string] => [name, tenant])],
    ...known.map((one) => [one]),
  ]
  const headers = {
    ...Object.fromEntries(named('header').map((one) => [one.name, valueOf(one).replaceAll(/[^ -~]/g, '')])),
    ...Object.fromEntries(
      NAMES.flatMap((name) => [name, `x-${name}`, `bulkhead-${name}`]).map((name) => [name, tenant]),
    ),
    cookie: `tenant=${tenant}`,
    'x-forwarded-host': `${tenant}.example`,
    'x-original-url': path,
  }
  const contents = Object.entries(operation.requestBody?.content ?? {})
  const bodies = contents.flatMap(([type, { schema }]): { type: string; body: NonNullable<Attempt['body']> }[] =>
    type === 'application/json'
      ? samplesOf(schema, filling).map((value) => ({
          type,
          body: JSON.stringify(value).replaceAll(NEW_DEVICE, randomUUID()),
        }))
      : [{ type, body: new TextEncoder().encode('attack') }],
  )
  return queries.slice(0, bodies.length > 1 ? 1 : queries.length).flatMap((query) => {
    const search = new URLSearchParams(query).toString()
    const to = { method, path: search ? `${filled}?${search}` : filled }
    if (bodies.length === 0) return [{ ...to, headers }]
    return bodies.map(({ type, body }) => ({ ...to, headers: { ...headers, 'content-type': type }, body }))
  })
}

/** Sends it. Of an answer that does not end by itself, the first piece is read. */
export async function send(
  url: string,
  { method, path, headers, body }: Attempt,
  token: string | null,
): Promise<{ status: number; text: string }> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body }),
  })
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return { status: response.status, text: await response.text() }
  const reader = response.body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return { status: response.status, text: new TextDecoder().decode(first?.value) }
}

/** One client whose data an attack is after. */
export interface Victim {
  tenant: string
  /** Identifiers that the attacker has come to know, by what they are of. */
  ids: Record<string, string>
  /** What only its data holds. */
  words: string[]
}

/** Puts something of every kind into a client of the sample data: what there is to steal, and to change. */
export async function furnish(cloud: TestCloud, name: string, token: string): Promise<Victim> {
  const { url } = cloud
  const word = `Secret-of-${name}`
  const clientId = uuid(name, 'device')
  const ticket = (number: number): string => uuid(name, 'ticket', number)
  await addDesk(url, token, name)
  await pushed(url, token, clientId, 1, [
    { kind: 'ticket.update', ticketId: ticket(1), base: { subject: `${name} ticket 1` }, patch: { subject: word } },
    // Answered by a conflict that quotes what is there.
    { kind: 'ticket.update', ticketId: ticket(1), base: { subject: 'other' }, patch: { subject: 'another' } },
    { kind: 'entry.create', ticketId: ticket(1), entryId: uuid(name, 'note'), entryKind: 'note', body: word },
    { kind: 'ticket.link', ticketId: ticket(1), otherId: ticket(2), relation: 'related' },
    { kind: 'ticket.merge', ticketId: ticket(2), intoId: ticket(3) },
    {
      kind: 'contact.update',
      contactId: uuid(name, 'contact'),
      base: { phone: null },
      patch: { phone: word },
    },
  ])
  const file = fileOf(`file of ${name}`, 2000)
  const attachment = await attach(url, token, ticket(1), file)
  await upload(url, token, attachment, file)
  return {
    tenant: uuid('tenant', name),
    ids: {
      tenant: uuid('tenant', name),
      ticket: ticket(1),
      merged: ticket(2),
      entry: uuid(name, 'note'),
      contact: uuid(name, 'contact'),
      view: uuid(name, 'view'),
      attachment,
      device: clientId,
    },
    words: [
      word,
      `${name} ticket`,
      `Contact of ${name}`,
      `Open at ${name}`,
      file.bytes.toString('utf8', 0, 40),
      file.sha256,
      // Never named by an attempt.
      ticket(3),
      uuid(name, 'entry', 1),
    ],
  }
}

/** A checksum of everything that the database holds of a client, table by table: also of tables that come later. */
export async function checksumsOf({ owner }: TestCloud, tenant: string): Promise<Record<string, string>> {
  const tables = await owner<{ name: string }[]>`
    select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE'
      -- Where the cloud's own watch notes how far it is, whether or not anybody asks for anything.
      and c.table_name not in ('escalation_state', 'escalation_watch') order by 1`
  const sums: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await owner<{ sum: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as sum
      from ${owner(name)} r where tenant_id = ${tenant}`
    sums[name] = row?.sum ?? ''
  }
  return sums
}

/** What attempts are made of; the device that sends them is a new one each time. */
export function fillingWith(ids: (path: string[]) => string, ref: (name: string) => JsonSchema): Filling {
  return {
    ref,
    id: (path) => (path.at(-1) === 'clientId' ? NEW_DEVICE : ids(path)),
    text: (path) => (['status', 'priority', 'queue'].includes(path.at(-1) ?? '') ? 'open' : 'attack'),
  }
}

/** Tokens of a tenant that this cloud did not sign, or not so. */
export async function forgedTokens({ owner }: TestCloud, tenant: string): Promise<string[]> {
  const technician = randomUUID()
  const own = randomUUID()
  const key = await tokenKey(owner)
  const [head = '', body = '', signature = ''] = (await new Tokens(key).tenant({ technician, tenant: own })).split('.')
  const claims = Buffer.from(body, 'base64url').toString().replaceAll(own, tenant)
  const changed = Buffer.from(claims).toString('base64url')
  return [
    `${head}.${changed}.${signature}`,
    `${encode({ alg: 'none' })}.${changed}.`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${changed}.${signature}`,
    await new Tokens(new Uint8Array(32).fill(1)).tenant({ technician, tenant }),
    // Signed by this cloud, and over.
    await new Tokens(key, -60).tenant({ technician, tenant }),
    'x',
    tenant,
  ]
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
