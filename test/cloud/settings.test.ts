import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { asOrganisation, asTenant } from '../../src-cloud/database/as.ts'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import {
  DefaultsUses,
  DefaultsView,
  SettingsChanged,
  SettingsHistory,
  SettingsView,
  TemplateList,
  type SettingsChange,
  type SettingsRestore,
} from '../../src-shared/protocol/settings.ts'
import { ask, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleConfiguration, sampleOrganisation, uuid } from '../support/sample.ts'
import { newTicket } from './workbench.ts'

const ACME = uuid('tenant', 'Acme')
let cloud: TestCloud
let api: Sql
let acme: string
let zephyr: string
let access: string
beforeAll(async () => {
  cloud = await withCloud([
    sampleOrganisation('Alpha', [sampleClient('Acme', 3), sampleClient('Zephyr', 3)]),
    sampleOrganisation('Beta', [sampleClient('Borealis', 3)]),
  ])
  api = connect(cloud.address, 4, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
  ;[acme, zephyr, access] = [await cloud.tenantToken(0), await cloud.tenantToken(1), (await cloud.signIn()).accessToken]
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

const view = async (token: string) => SettingsView.parse(await (await ask(cloud.url, paths.settings, { token })).json())
const send = (path: string, token: string, body: SettingsChange | SettingsRestore) =>
  ask(cloud.url, path, { token, body })
const change = async (token: string, body: Omit<SettingsChange, 'revision'>): Promise<SettingsChanged> => {
  const { revision } = await view(token)
  const response = await send(paths.settings, token, { revision, ...body })
  expect(response.status).toBe(200)
  return SettingsChanged.parse(await response.json())
}
const history = async (path: string, token: string) =>
  SettingsHistory.parse(await (await ask(cloud.url, path, { token })).json()).revisions
const problemIn = async (response: Response) => (await response.json()) as { error: { code: string; message: string } }
/** What compartments get. */
const delivered = async (token: string) => {
  const feed = await readFeed(cloud.url, token)
  return feed.changes.find(({ kind }) => kind === 'configuration')!
}

test('a client from before there were layers has everything of its own, and its compartments get what they had', async () => {
  const { revision, settings, template } = await view(acme)
  expect([revision, template]).toEqual([0, null])
  expect(new Set(Object.values(settings).map(({ origin }) => origin))).toEqual(new Set(['client']))
  expect(settings.statuses.inherited).toMatchObject({ origin: 'built-in' })
  expect((await delivered(acme)).data).toEqual(sampleConfiguration)
})

test('a change is a revision with who, when and what; the feed brings it; a revert inherits again', async () => {
  const before = await delivered(acme)
  const changed = await change(acme, { set: { atRiskMinutes: 15 }, note: 'Asked for by phone' })
  expect(changed).toMatchObject({ changes: [{ setting: 'atRiskMinutes', before: 60, after: 15 }] })
  const after = await delivered(acme)
  expect(after.version).toBeGreaterThan(before.version)
  expect(after.data).toMatchObject({ ...sampleConfiguration, atRiskMinutes: 15 })
  await change(acme, { revert: ['atRiskMinutes', 'types'] })
  const { settings } = await view(acme)
  expect(settings.atRiskMinutes).toEqual({ value: 60, origin: 'built-in', name: null, inherited: null })
  expect((await delivered(acme)).data).toMatchObject({ types: settings.types.value, atRiskMinutes: 60 })
  const [last, first, begin] = await history(paths.settingsHistory, acme)
  expect(last).toMatchObject({
    revision: 3,
    by: { name: 'Robin of Alpha' },
    changes: [{ setting: 'types' }, { setting: 'atRiskMinutes', before: 15 }],
  })
  expect(first).toMatchObject({ revision: 2, note: 'Asked for by phone', changes: [{ before: 60, after: 15 }] })
  expect(begin).toMatchObject({ revision: 1, by: { id: null }, note: 'As it was before' })
})

test('an older state comes again as a new revision', async () => {
  const { revision } = await view(acme)
  const response = await send(paths.settingsRestore, acme, { revision, to: 2 })
  expect(SettingsChanged.parse(await response.json())).toMatchObject({ revision: revision + 1 })
  expect((await view(acme)).settings.atRiskMinutes).toMatchObject({ value: 15, origin: 'client' })
  expect((await send(paths.settingsRestore, acme, { revision: revision + 1, to: 99 })).status).toBe(404)
})

test('a dry run tells what would come of it, with the sentence that proves the hours, and changes nothing', async () => {
  const before = await view(zephyr)
  const dry = await change(zephyr, {
    revert: ['statuses', 'priorities', 'calendars', 'targets'],
    dryRun: true,
  })
  expect(dry.proof).toBe('A P1 raised on Friday 16:55 is due Monday 09:25.')
  expect(await view(zephyr)).toEqual(before)
})

test('what changes nothing is no revision and no version', async () => {
  const { revision, settings } = await view(acme)
  const before = await delivered(acme)
  expect(await change(acme, { set: { atRiskMinutes: settings.atRiskMinutes.value } })).toMatchObject({
    revision,
    changes: [],
  })
  expect((await delivered(acme)).version).toBe(before.version)
})

test('is read of a cloud that is newer or older: what is not known here is passed over, what is not known there does nothing', async () => {
  await change(acme, { set: { macros: [], atRiskMinutes: 16 } })
  const raw = async (path: string, token: string): Promise<unknown> => (await ask(cloud.url, path, { token })).json()
  const [pages, known] = [
    { view: await raw(paths.settings, acme), history: await raw(paths.settingsHistory, acme) },
    { defaults: await raw(paths.defaults, access), templates: await raw(paths.templates, access) },
  ]
  const sound = { value: 'loud', origin: 'organisation', name: null, inherited: null }
  const later = ['macros', 'noise', 'naming', 'keepDays', 'priorityMatrix']
  /** The answer as a cloud with one setting more gives it, or with five less. */
  const aged = (value: unknown, newer: boolean): unknown => {
    if (Array.isArray(value)) {
      const all = value.map((one) => aged(one, newer))
      return newer && all.some((one) => (one as { setting?: string } | null)?.setting)
        ? [{ setting: 'sounds', after: 'loud' }, ...all]
        : all
    }
    if (typeof value !== 'object' || value === null) return value
    const kept = Object.entries(value).filter(([key]) => newer || !later.includes(key))
    return Object.fromEntries(
      kept.map(([key, one]) => {
        const old = aged(one, newer)
        const more = newer && ['settings', 'builtIn'].includes(key)
        return [key, more ? { ...(old as object), sounds: sound } : old]
      }),
    )
  }
  const read = (newer: boolean) => ({
    view: SettingsView.parse(aged(pages.view, newer)),
    history: SettingsHistory.parse(aged(pages.history, newer)).revisions[0]?.changes,
    defaults: DefaultsView.parse(aged(known.defaults, newer)),
    templates: TemplateList.parse(aged(known.templates, newer)),
    uses: DefaultsUses.parse({ clients: 2, own: { types: 1, ...(newer && { sounds: 1 }) } }),
    changed: SettingsChanged.parse({
      ...{ revision: 1, proof: null },
      changes: [{ setting: newer ? 'sounds' : 'types', after: [] }],
    }).changes,
  })
  expect(read(true)).toEqual({
    ...{ view: pages.view, history: [{ setting: 'atRiskMinutes', before: 15, after: 16 }] },
    ...{ ...known, uses: { clients: 2, own: { types: 1 } }, changed: [] },
  })
  const { view: seen, defaults } = read(false)
  expect(seen.settings.macros).toEqual({ value: [], origin: 'built-in', name: null, inherited: null })
  expect([seen.settings.keepDays.value, defaults.builtIn.priorityMatrix, defaults.builtIn.naming]).toEqual([
    ...[null, null, []],
  ])
})

describe('one clear sentence', () => {
  test('where somebody else was faster; one of two at the same time wins', async () => {
    const { revision } = await view(acme)
    const both = await Promise.all(
      [21, 22].map((atRiskMinutes) => send(paths.settings, acme, { revision, set: { atRiskMinutes } })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const { error } = await problemIn(both.find(({ status }) => status === 409)!)
    expect(error).toMatchObject({ code: 'settings-changed' })
    expect(error.message).toContain('Robin of Alpha changed these settings meanwhile')
  })

  test.each([
    [
      'a target without its calendar',
      { set: { targets: [{ calendar: 'night', resolution: 60 }] } },
      422,
      'the calendar "night"',
    ],
    [
      'a place that is none',
      { set: { holidays: { country: 'XQ' } } },
      422,
      'No holidays are known of the country "XQ"',
    ],
    ['a state that is none', { set: { holidays: { country: 'DE', state: 'zz' } } }, 422, 'Choose one of'],
    [
      'a macro that fills a field that is not there',
      { set: { macros: [{ key: 'm', label: 'Visit', kind: 'note', set: { addTags: [] }, fields: { gone: 'x' } }] } },
      422,
      'The macro "Visit" fills the field "gone", which is not there. Take it out, or add the field.',
    ],
    [
      'a setting of a newer console',
      { set: { sounds: 'loud' } },
      400,
      'set: the cloud knows no setting “sounds”; update the cloud, or leave it out.',
    ],
    ['the same, taken back', { revert: ['sounds'] }, 400, 'the cloud knows no setting “sounds”; update the cloud'],
    [
      'a time zone that does not exist',
      { set: { calendars: [{ key: 'a', label: 'A', hours: '24x7', timeZone: 'Mars/Base' }] } },
      400,
      'IANA',
    ],
    [
      'a pattern of names that does not close',
      { set: { naming: [{ key: 'a', label: 'A', kind: 'device', pattern: 'X-{word' }] } },
      400,
      'brace',
    ],
  ])('about %s', async (_name, body, status, words) => {
    const { revision } = await view(acme)
    const response = await send(paths.settings, acme, { revision, ...body } as unknown as SettingsChange)
    expect(response.status).toBe(status)
    expect((await problemIn(response)).error.message).toContain(words)
  })
})

describe('what the organisation gives', () => {
  const defaults = async (body: Omit<SettingsChange, 'revision'>) => {
    const { revision } = (await (await ask(cloud.url, paths.defaults, { token: access })).json()) as {
      revision: number
    }
    return send(paths.defaults, access, { revision, ...body })
  }

  test('reaches the clients that inherit it, through the feed, and no others; and what it takes back goes', async () => {
    await change(acme, { revert: ['atRiskMinutes'] })
    const untouched = await delivered(zephyr)
    expect((await defaults({ set: { atRiskMinutes: 7, holidays: { country: 'DE', state: 'be' } } })).status).toBe(200)
    await vi.waitFor(async () => expect((await delivered(acme)).data).toMatchObject({ atRiskMinutes: 7 }))
    expect((await view(acme)).settings.atRiskMinutes).toEqual({
      value: 7,
      origin: 'organisation',
      name: null,
      inherited: null,
    })
    expect((await view(zephyr)).settings.atRiskMinutes).toMatchObject({
      origin: 'client',
      inherited: { value: 7, origin: 'organisation' },
    })
    expect(await delivered(zephyr)).toEqual(untouched)
    // One takes it; the other, from before there were layers, has all of its own.
    const uses = DefaultsUses.parse(await (await ask(cloud.url, paths.defaultsUses, { token: access })).json())
    expect(uses).toMatchObject({ clients: 2, own: { atRiskMinutes: 1, types: 2 } })
    expect((await defaults({ revert: ['atRiskMinutes'] })).status).toBe(200)
    await vi.waitFor(async () => expect((await delivered(acme)).data).toMatchObject({ atRiskMinutes: 60 }))
    expect((await history(paths.defaultsHistory, access)).map(({ revision }) => revision)).toEqual([2, 1])
  })

  test('brings the public holidays of the place into the calendars', async () => {
    await change(acme, { revert: ['calendars', 'targets', 'holidays', 'ownDays', 'statuses', 'priorities'] })
    const { data } = await delivered(acme)
    const { calendars } = (data as { sla: { calendars: { timeZone: string; holidays: { name: string }[] }[] } }).sla
    expect(calendars[0]?.timeZone).toBe('Europe/Berlin')
    expect(calendars[0]?.holidays.map(({ name }) => name)).toContain('Tag der Deutschen Einheit')
  })

  test('comes again as it was at any revision, also one that the history does not tell any more', async () => {
    const { revision } = DefaultsView.parse(await (await ask(cloud.url, paths.defaults, { token: access })).json())
    await cloud.owner`
      insert into organisation_defaults (organisation_id, revision, settings, by_name)
      select ${uuid('organisation', 'Alpha')}, n, '{"atRiskMinutes": 9}', 'Sam'
      from generate_series(${revision + 1}::int, ${revision + 205}::int) as n`
    expect((await history(paths.defaultsHistory, access)).map((one) => one.revision)).not.toContain(1)
    const restored = await send(paths.defaultsRestore, access, { revision: revision + 205, to: 1 })
    expect(restored.status).toBe(200)
    const { settings } = DefaultsView.parse(await (await ask(cloud.url, paths.defaults, { token: access })).json())
    expect(settings).toEqual({ atRiskMinutes: 7, holidays: { country: 'DE', state: 'be' } })
    expect((await defaults({ revert: ['atRiskMinutes'] })).status).toBe(200)
  })

  test('cannot be something that does not fit together', async () => {
    expect((await defaults({ set: { calendars: [] } })).status).toBe(422)
  })
})

describe('behind row-level security', () => {
  test('a tenant reads the defaults of its own organisation and cannot write them', async () => {
    const read = (tenant: string) => asTenant(api, tenant, (tx) => tx`select from organisation_defaults`)
    expect((await read(ACME)).length).toBeGreaterThan(0)
    expect(await read(uuid('tenant', 'Borealis'))).toHaveLength(0)
    const write = asTenant(
      api,
      ACME,
      (tx) => tx`insert into organisation_defaults (organisation_id, revision, settings, by_name)
        values (${uuid('organisation', 'Alpha')}, 99, '{}', 'x')`,
    )
    await expect(write).rejects.toMatchObject({ code: '42501' })
  })

  test('no organisation sees the defaults of another, and none rewrites what was', async () => {
    const others = await asOrganisation(
      api,
      uuid('organisation', 'Beta'),
      (tx) => tx`select from organisation_defaults`,
    )
    expect(others).toHaveLength(0)
    const rewrite = asTenant(api, ACME, (tx) => tx`update configuration_revision set note = 'x'`)
    await expect(rewrite).rejects.toMatchObject({ code: '42501' })
  })
})

test('a client that keeps its tickets keeps them from being deleted; others are deleted as ever', async () => {
  await change(acme, { set: { keepDays: 36_500 } })
  const ticket = uuid('Acme', 'ticket', 1)
  await expect(cloud.owner`select bulkhead.delete_ticket(${ACME}, ${ticket})`).rejects.toMatchObject({ code: 'BH001' })
  await change(acme, { revert: ['keepDays'] })
  const [row] = await cloud.owner<{ version: number }[]>`select bulkhead.delete_ticket(${ACME}, ${ticket}) as version`
  expect(row?.version).toBeGreaterThan(0)
})

test('what was retired is no new choice, and stays where it is; an edit made before is refused by name', async () => {
  const retired = { retired: true as const }
  const one = async (body: MutationBody) => (await pushed(cloud.url, zephyr, randomUUID(), 1, [body])).results[0]
  const update = (ticketId: string, base: TicketPatch, patch: TicketPatch): MutationBody => ({
    ...{ kind: 'ticket.update', ticketId, base, patch },
  })
  const ticketNow = async () => (await cloud.owner<{ data: Ticket }[]>`select data from ticket where id = ${id}`)[0]!
  const { revision, settings: before } = await view(zephyr)
  const at = <Row extends { key: string }>(rows: Row[], key: string): Row[] =>
    rows.map((row) => (row.key === key ? { ...row, ...retired } : row))
  const [floorless, floor] = [before.customFields.value.slice(0, -1), before.customFields.value.at(-1)!]
  const options = ['one', 'two', 'three'].map((key) => ({ key, label: `Floor ${key}`, ...(key === 'one' && retired) }))
  const set = {
    statuses: at(before.statuses.value, 'vendor'),
    priorities: at(before.priorities.value, 'p1'),
    queues: [...at(before.queues.value, 'desk'), { key: 'field', label: 'Field' }],
    customFields: [...at(floorless, 'seats'), { ...floor, type: 'multi-select' as const, options }],
  }
  const id = uuid('Zephyr', 'ticket', 1)
  const floors = (...keys: string[]) => ({ customFields: { floor: keys } })
  await one(update(id, {}, { customFields: { floor: 'one' } }))
  const retiring = await ask(cloud.url, paths.settings, { token: zephyr, body: { revision, set } })
  expect(retiring.status).toBe(200)
  const held = await ticketNow()
  const create = (values: object): MutationBody => ({
    ...{ kind: 'ticket.create' as const, ticketId: randomUUID() },
    ticket: { ...newTicket, ...values },
  })
  for (const [body, words] of [
    [update(id, { status: 'open' }, { status: 'vendor' }), 'status “Awaiting Vendor” is retired'],
    [update(id, { priority: 'p2' }, { priority: 'p1' }), 'priority “Urgent” is retired'],
    [update(id, { customFields: {} }, { customFields: { seats: 3 } }), 'field “Seats” is retired'],
    [create({ queue: 'desk' }), 'queue “Service Desk” is retired and cannot be chosen any more. Choose another.'],
    [create(floors('two', 'one')), 'option “Floor one” of “Floor” is retired'],
  ] as const)
    expect(await one(body)).toMatchObject({
      ...{ outcome: 'rejected', code: 'invalid-input', message: expect.stringContaining(words) as string },
    })
  expect(await ticketNow()).toEqual(held)
  expect(await one(create({ queue: 'field' }))).toMatchObject({ outcome: 'applied' })
  // What it has may stay beside what is new, and is its parts', too.
  expect(await one(update(id, { customFields: { floor: 'one' } }, floors('one', 'two')))).toMatchObject({
    outcome: 'applied',
  })
  const split = { ...newTicket, queue: 'desk', ...floors('one') }
  const part: MutationBody = { kind: 'ticket.split', ticketId: randomUUID(), fromId: id, ticket: split, entries: [] }
  expect(await one(part)).toMatchObject({ outcome: 'applied' })
  expect(await one(update(id, { queue: 'desk' }, { queue: null }))).toMatchObject({ outcome: 'applied' })
  // Who took it out may put it back, as long as nothing was put in its place; and nothing else that was retired.
  const back = update(id, { queue: null }, { queue: 'desk' })
  expect(await one(back)).toMatchObject({ outcome: 'applied' })
  expect(await one(update(id, floors('one', 'two'), floors('two')))).toMatchObject({ outcome: 'applied' })
  expect(await one(update(id, floors('two'), floors('one', 'two')))).toMatchObject({ outcome: 'applied' })
  expect(await one(update(id, { queue: 'desk' }, { queue: null }))).toMatchObject({ outcome: 'applied' })
  expect(await one(update(id, { queue: null }, { queue: 'field' }))).toMatchObject({ outcome: 'applied' })
  expect(await one(update(id, { queue: 'field' }, { queue: 'desk' }))).toMatchObject({ outcome: 'rejected' })
  expect((await ticketNow()).data).toMatchObject({ queue: 'field', ...floors('one', 'two') })
})

test('a macro that sets what was retired holds up no other change where it was so before, and is refused as a new one', async () => {
  const macro = (key: string) => ({ key, label: key, kind: 'note' as const, set: { status: 'vendor' } })
  await change(zephyr, { revert: ['macros'] })
  const { revision } = DefaultsView.parse(await (await ask(cloud.url, paths.defaults, { token: access })).json())
  const given = { statuses: sampleConfiguration.statuses, macros: [macro('park')] }
  expect((await send(paths.defaults, access, { revision, set: given })).status).toBe(200)
  await vi.waitFor(async () => expect((await view(zephyr)).settings.macros.value).toEqual([macro('park')]))
  await change(zephyr, { set: { atRiskMinutes: 8 } })
  await change(zephyr, { set: { macros: [{ ...macro('park'), label: 'Park it' }] } })
  const more = { macros: [macro('park'), macro('wait')] }
  const { revision: now } = await view(zephyr)
  const refused = await send(paths.settings, zephyr, { revision: now, set: more })
  expect((await problemIn(refused)).error.message).toContain('The macro "wait" sets the status "Awaiting Vendor"')
})
