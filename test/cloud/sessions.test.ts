import { randomBytes, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import { API_HEADER, paths } from '../../src-shared/protocol/api.ts'
import { Session, TenantList } from '../../src-shared/protocol/session.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'

let cloud: TestCloud
const log: string[] = []
beforeAll(async () => {
  cloud = await withCloud(undefined, { log: { write: (line) => log.push(line) } })
})
afterAll(async () => {
  await cloud.close()
})

const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code
const signIn = (email: string, password: string) => ask(cloud.url, paths.session, { body: { email, password } })
const refresh = (refreshToken: string) => ask(cloud.url, paths.refresh, { body: { refreshToken } })

describe('sign-in', () => {
  test('answers the organisation, the technician and tokens, whatever the case of the email', async () => {
    const response = await signIn('Robin@Alpha.Example', 'secret of Alpha')
    expect(response.headers.get(API_HEADER)).toBe('1')
    const session = Session.parse(await response.json())
    expect(session.organisation).toEqual({ id: uuid('organisation', 'Alpha'), name: 'Alpha' })
    expect(session.technician.email).toBe('robin@alpha.example')
    expect(session.expiresIn).toBe(900)
  })

  test.each([
    ['a wrong password', 'robin@alpha.example'],
    ['an unknown email', 'nobody@alpha.example'],
  ])('answers %s with the same problem', async (_, email) => {
    const response = await signIn(email, 'wrong')
    expect(response.status).toBe(401)
    expect(await codeOf(response)).toBe('sign-in-wrong')
  })

  test('is throttled per email after five attempts, and says how long', async () => {
    for (let i = 0; i < 5; i++) expect((await signIn('robin@beta.example', `wrong ${i}`)).status).toBe(401)
    const sixth = await signIn('robin@beta.example', 'secret of Beta')
    expect(sixth.status).toBe(429)
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await codeOf(sixth)).toBe('sign-in-throttled')
    expect((await signIn('robin@alpha.example', 'secret of Alpha')).status).toBe(200)
  })

  test('refuses a body of the wrong form in one sentence', async () => {
    const response = await ask(cloud.url, paths.session, { body: { email: 'robin@alpha.example' } })
    expect(response.status).toBe(400)
    expect(await codeOf(response)).toBe('invalid-input')
  })
})

describe('a refresh token', () => {
  test('gives the next one once', async () => {
    const first = await cloud.signIn()
    const second = Session.parse(await (await refresh(first.refreshToken)).json())
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect((await ask(cloud.url, paths.tenants, { token: second.accessToken })).status).toBe(200)
  })

  const next = async (refreshToken: string) => Session.parse(await (await refresh(refreshToken)).json()).refreshToken

  test('that comes again after the next one was used ends the whole sign-in', async () => {
    const { refreshToken } = await cloud.signIn()
    const third = await next(await next(refreshToken))
    const again = await refresh(refreshToken)
    expect(again.status).toBe(401)
    expect(await codeOf(again)).toBe('sign-in-expired')
    expect((await refresh(third)).status).toBe(401)
  })

  test('whose answer was lost gives another one when it comes again soon', async () => {
    const { refreshToken } = await cloud.signIn()
    await next(refreshToken)
    await next(refreshToken)
    const arrived = await next(refreshToken)
    expect((await refresh(arrived)).status).toBe(200)
  })

  test('that was replaced because its answer was lost ends the whole sign-in', async () => {
    const { refreshToken } = await cloud.signIn()
    const replaced = await next(refreshToken)
    const arrived = await next(refreshToken)
    expect((await refresh(replaced)).status).toBe(401)
    expect((await refresh(arrived)).status).toBe(401)
  })

  test('that comes again late ends the whole sign-in', async () => {
    const { refreshToken } = await cloud.signIn()
    const second = await next(refreshToken)
    await cloud.owner`update refresh_token set used_at = used_at - interval '31 seconds' where used_at is not null`
    expect((await refresh(refreshToken)).status).toBe(401)
    expect((await refresh(second)).status).toBe(401)
  })

  test('ends with the sign-out of its sign-in, and no other', async () => {
    const [first, other] = [await cloud.signIn(), await cloud.signIn()]
    expect((await ask(cloud.url, paths.session, { method: 'DELETE', token: first.accessToken })).status).toBe(204)
    expect((await refresh(first.refreshToken)).status).toBe(401)
    expect((await refresh(other.refreshToken)).status).toBe(200)
  })

  test('is stored as a hash only', async () => {
    const { refreshToken } = await cloud.signIn()
    const rows = await cloud.owner`select from refresh_token where token_hash = ${refreshToken}`
    expect(rows).toHaveLength(0)
  })
})

describe('tokens', () => {
  test('list the tenants of their organisation, with the head of each feed', async () => {
    const { accessToken } = await cloud.signIn()
    const { tenants } = TenantList.parse(await (await ask(cloud.url, paths.tenants, { token: accessToken })).json())
    expect(tenants.map(({ name, head }) => [name, head])).toEqual([
      ['Acme', 13],
      ['Zephyr', 13],
    ])
  })

  test('of one organisation mint none for another’s tenant', async () => {
    const { accessToken } = await cloud.signIn()
    const response = await ask(cloud.url, paths.tenantToken(uuid('tenant', 'Borealis')), {
      token: accessToken,
      method: 'POST',
    })
    expect(response.status).toBe(403)
    expect(await codeOf(response)).toBe('not-allowed')
  })

  test('are minted only for tenants that the technician works for', async () => {
    const { accessToken } = await cloud.signIn()
    const zephyr = uuid('tenant', 'Zephyr')
    await cloud.owner`update tenant_technician set deleted = true where tenant_id = ${zephyr}`
    const response = await ask(cloud.url, paths.tenantToken(zephyr), { token: accessToken, method: 'POST' })
    await cloud.owner`update tenant_technician set deleted = false where tenant_id = ${zephyr}`
    expect(response.status).toBe(403)
  })

  test.each([
    ['no token', async () => undefined],
    ['a tenant’s token', () => cloud.tenantToken()],
    ['nonsense', async () => 'nonsense'],
  ])('organisation routes refuse %s', async (_, token) => {
    const given = await token()
    for (const path of [paths.tenants, paths.events]) {
      const response = await ask(cloud.url, path, given === undefined ? {} : { token: given })
      expect([response.status, await codeOf(response)]).toEqual([401, 'sign-in-expired'])
    }
    const mint = await ask(cloud.url, paths.tenantToken(uuid('tenant', 'Acme')), {
      method: 'POST',
      ...(given ? { token: given } : {}),
    })
    expect(mint.status).toBe(401)
  })

  test.each([
    ['no token', async () => undefined],
    ['an organisation’s token', async () => (await cloud.signIn()).accessToken],
  ])('tenant routes refuse %s', async (_, token) => {
    const given = await token()
    const changes = await ask(cloud.url, paths.changes, given === undefined ? {} : { token: given })
    expect([changes.status, await codeOf(changes)]).toEqual([401, 'sign-in-expired'])
    const mutations = await ask(cloud.url, paths.mutations, { body: {}, ...(given ? { token: given } : {}) })
    expect(mutations.status).toBe(401)
  })

  test('that have expired are refused, and so are those of another key or audience', async () => {
    const identity = {
      technician: uuid('technician', 'Alpha'),
      organisation: uuid('organisation', 'Alpha'),
      family: randomUUID(),
    }
    const key = await tokenKey(cloud.owner)
    const expired = await new Tokens(key, -1).organisation(identity)
    const forged = await new Tokens(randomBytes(32)).organisation(identity)
    const otherAudience = await new SignJWT({ organisation: identity.organisation, family: identity.family })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('tenant')
      .setSubject(identity.technician)
      .setExpirationTime('1h')
      .sign(key)
    for (const token of [expired, forged, otherAudience]) {
      const response = await ask(cloud.url, paths.tenants, { token })
      expect([response.status, await codeOf(response)]).toEqual([401, 'sign-in-expired'])
    }
    const live = await ask(cloud.url, paths.tenants, { token: await new Tokens(key).organisation(identity) })
    expect(live.status).toBe(200)
  })
})

describe('the server', () => {
  test('describes its routes in OpenAPI 3.1', async () => {
    const document = (await (await ask(cloud.url, paths.openapi)).json()) as {
      openapi: string
      paths: Record<string, object>
    }
    expect(document.openapi).toMatch(/^3\.1\./)
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(routes.sort()).toEqual(
      [
        'get /healthz',
        'post /v1/session',
        'delete /v1/session',
        'post /v1/session/refresh',
        'get /v1/organisation/tenants',
        'get /v1/organisation/versions',
        'post /v1/organisation/tenants/{tenantId}/token',
        'get /v1/organisation/technicians',
        'post /v1/organisation/technicians/{id}/role',
        'post /v1/organisation/tenants/{tenantId}/logo',
        'get /v1/organisation/events',
        'get /v1/organisation/defaults',
        'post /v1/organisation/defaults',
        'get /v1/organisation/defaults/uses',
        'get /v1/organisation/defaults/history',
        'post /v1/organisation/defaults/restore',
        'get /v1/organisation/templates',
        'get /v1/organisation/onboardings',
        'post /v1/organisation/onboardings',
        'get /v1/organisation/onboardings/{id}',
        'get /v1/organisation/onboardings/{id}/file',
        'get /v1/organisation/onboardings/{id}/week',
        'get /v1/organisation/onboardings/{id}/summary.pdf',
        'post /v1/organisation/onboardings/{id}/checks',
        'post /v1/organisation/onboardings/{id}/cancel',
        'post /v1/organisation/onboardings/{id}/steps/{step}',
        'post /v1/organisation/onboardings/{id}/steps/{step}/retry',
        'post /v1/organisation/onboardings/{id}/steps/{step}/skip',
        'get /v1/organisation/offboardings',
        'post /v1/organisation/offboardings',
        'get /v1/organisation/offboardings/{id}',
        'get /v1/organisation/offboardings/{id}/file',
        ...['export', 'confirm', 'cancel'].map((act) => `post /v1/organisation/offboardings/{id}/${act}`),
        'post /v1/import',
        'get /v1/imports',
        'post /v1/imports',
        'get /v1/imports/{id}',
        'put /v1/imports/{id}/parts/{part}',
        ...['run', 'pause', 'resume', 'cancel'].map((act) => `post /v1/imports/{id}/${act}`),
        'get /v1/imports/{id}/bad',
        'get /v1/export/{kind}',
        'get /v1/settings',
        'post /v1/settings',
        'get /v1/settings/history',
        'post /v1/settings/restore',
        'get /v1/changes',
        'get /v1/checksums',
        'post /v1/mutations',
        'post /v1/presence',
        'get /v1/attachments/{id}/parts',
        'put /v1/attachments/{id}/parts/{part}',
        'post /v1/attachments/{id}/complete',
        'get /v1/attachments/{id}/content',
      ].sort(),
    )
    expect(JSON.stringify(document.paths['/v1/mutations'])).toContain('ticket.update')
  })

  test('says that it is well, and which protocol it speaks, on every answer', async () => {
    const health = await ask(cloud.url, paths.health)
    expect(await health.json()).toEqual({ ok: true, api: [1] })
    const lost = await ask(cloud.url, '/v1/nowhere')
    expect([lost.status, lost.headers.get(API_HEADER), await codeOf(lost)]).toEqual([404, '1', 'not-found'])
  })

  test('logs requests without passwords or tokens', async () => {
    const session = await cloud.signIn()
    const token = await cloud.tenantToken()
    await ask(cloud.url, paths.changes, { token })
    await refresh(session.refreshToken)
    const text = log.join('')
    expect(text).toContain('/v1/changes')
    for (const secret of ['secret of', session.accessToken, session.refreshToken, token, 'Bearer'])
      expect(text).not.toContain(secret)
  })
})
