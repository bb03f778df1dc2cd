import { expect, test } from 'vitest'
import { SettingsView, type SettingsEffect, type UsedKey } from '../../src-shared/protocol/settings.ts'
import { builtIn } from '../../src-cloud/templates/templates.ts'
import { Consoles, TICKET } from './consoles.ts'
import type { Driven } from './driver.ts'

// A client's settings as its compartment tells them: what they would do to the tickets that are here.

const consoles = new Consoles()
const CHANGES = ['tickets.edit', 'configuration.change', 'configuration.readFile']
const ask = <Value>(driven: Driven, path: string, input?: unknown): Promise<Value> =>
  driven.call(CHANGES.includes(path) ? 'mutation' : 'query', path, input)

test('a change is tried out on the tickets here: how many would be due otherwise, and which keys would be gone; then made, and all of it as a file', async () => {
  const driven = await consoles.synced()
  const uses = await ask<UsedKey[]>(driven, 'configuration.uses')
  const statuses = uses.filter(({ setting }) => setting === 'statuses')
  expect(statuses.reduce((sum, { tickets }) => sum + tickets, 0)).toBe(12)
  // What is edited and not sent counts as it is on view.
  await ask(driven, 'tickets.edit', { id: TICKET, patch: { type: 'incident' } })
  const of = async (key: string) => (await ask<UsedKey[]>(driven, 'configuration.uses')).find((one) => one.key === key)
  const incident = uses.find(({ key }) => key === 'incident')
  expect((await of('incident'))?.tickets ?? 0).toBe((incident?.tickets ?? 0) + 1)

  const { revision, settings } = SettingsView.parse(await ask(driven, 'configuration.view'))
  const { calendars, targets } = builtIn()
  const set = {
    calendars,
    targets: targets.map(({ calendar }) => ({ calendar, firstResponse: 15, resolution: 90 })),
    types: [{ key: 'other', label: 'Other' }],
  }
  const tried = await ask<SettingsEffect>(driven, 'configuration.preview', { revision, set })
  const open = statuses.reduce((sum, one) => sum + one.open, 0)
  expect(open).toBeGreaterThan(0)
  expect(tried.due).toBe(open)
  expect(tried.gone).toEqual([{ ...(await of('incident')), setting: 'types', key: 'incident' }])
  expect((await ask<SettingsView>(driven, 'configuration.view')).revision).toBe(revision)

  // Nothing comes of what leaves the clocks alone.
  expect(await ask(driven, 'configuration.preview', { revision, set: { revealForgetAfter: 45 } })).toMatchObject({
    due: 0,
    gone: [],
  })
  await ask(driven, 'configuration.change', { revision, set: { calendars, targets: set.targets } })
  const file = await ask<string>(driven, 'configuration.file')
  expect(file).toContain('settingsFile: 1')
  const read = await ask<Record<string, unknown>>(driven, 'configuration.readFile', { text: file })
  expect(read).toMatchObject({ targets: set.targets, statuses: settings.statuses.value })
  await expect(ask(driven, 'configuration.readFile', { text: 'settings: no' })).rejects.toThrow('settings-file')
  await expect(ask(driven, 'configuration.change', { revision, set: { keepDays: 1 } })).rejects.toThrow(
    'settings-changed',
  )
})

test('without the cloud what is typed is still checked, and everything else says so', async () => {
  const driven = await consoles.synced()
  const checked = {
    settings: { ...builtIn(), statuses: [{ key: 'a', label: '', category: 'open', stopsClock: false }] },
    changed: ['statuses'],
  }
  await consoles.proxy.close()
  expect(await ask(driven, 'configuration.check', checked)).toMatchObject([{ index: 0, field: 'label', missing: true }])
  for (let time = 0; time < 6; time++)
    await expect(ask(driven, 'configuration.view')).rejects.toThrow('settings-offline')
  // As often as it failed: back is back, for what goes beside the sync too.
  driven.post({ op: 'online', online: true, cloudUrl: consoles.cloud.url })
  expect(SettingsView.parse(await ask(driven, 'configuration.view')).revision).toBeGreaterThan(0)
})
