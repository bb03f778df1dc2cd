import { expect, test } from 'vitest'
import type { ClientSummary, SyncState } from '../../src-shared/domain/views.ts'
import { combinationOf, CommandRegistry, type Command } from '../../src-renderer/app/commands/commands.ts'
import { recentIds } from '../../src-renderer/app/shell/client-order.ts'
import { syncMessage } from '../../src-renderer/app/shell/sync-message.ts'
import { searchClients } from '../../src-renderer/features/switcher/client-search.ts'
import { agoShort, dueShort } from '../../src-renderer/ui/time.ts'

const IDLE: SyncState = { phase: 'idle', lastSuccessAt: null, pending: 0, failed: 0, progress: null, problem: null }

function client(id: string, part: Partial<ClientSummary> = {}): ClientSummary {
  return {
    ...{ id, name: id, shortName: id, initials: 'XX', colour: '#112233', domains: [], aliases: [], industry: '' },
    ...{
      timeZone: 'UTC',
      pin: null,
      lastOpenedAt: null,
      open: 0,
      unread: 0,
      atRisk: 0,
      timers: [],
      credentialsDue: 0,
      sync: IDLE,
      known: true,
    },
    ...part,
  }
}

test('sync says nothing when all is in step', () => {
  expect(syncMessage(IDLE)).toBeNull()
  expect(syncMessage({ ...IDLE, phase: 'pulling' })).toBeNull()
})

test.each([
  [
    { phase: 'first-sync', progress: { rows: 500, total: 2000, perSecond: 1000, secondsLeft: 2 } },
    'First sync: 500 of 2,000 rows',
    'quiet',
  ],
  [
    { phase: 'pulling', progress: { rows: 500, total: 200_000, perSecond: 1000, secondsLeft: 200 } },
    'Catching up: 500 of 200,000 rows, 4 min left',
    'quiet',
  ],
  [
    { phase: 'first-sync', progress: { rows: 500, total: 2000, perSecond: 0, secondsLeft: null } },
    'First sync: 500 of 2,000 rows',
    'quiet',
  ],
  [{ pending: 1 }, '1 edit waiting for the cloud', 'quiet'],
  [{ phase: 'offline', pending: 2 }, 'Offline · 2 edits waiting for the cloud', 'amber'],
  [{ phase: 'stopped' }, 'Sync has stopped', 'red'],
  [{ failed: 3 }, '3 edits could not be saved', 'amber'],
] as const)('sync %j reads "%s"', (part, text, tone) => {
  expect(syncMessage({ ...IDLE, ...part })).toMatchObject({ text, tone })
})

test('a client is found by name, domain and alias, and the best match comes first', () => {
  const clients = [
    client('Harbor & Pine Legal', { domains: ['harborpine.example'], aliases: ['the lawyers'] }),
    client('Pineapple Logistics', { domains: ['pal.example'] }),
  ]
  const names = (text: string): string[] => searchClients(clients, text).map((hit) => hit.client.name)
  expect(names('')).toEqual(['Harbor & Pine Legal', 'Pineapple Logistics'])
  expect(names('pineap')[0]).toBe('Pineapple Logistics')
  expect(names('lawyers')).toEqual(['Harbor & Pine Legal'])
  expect(searchClients(clients, 'pal.ex')[0]).toMatchObject({ via: { text: 'pal.example' } })
  expect(names('zzz')).toEqual([])
})

test('recent clients keep their places when one of them is opened again', () => {
  const at = (id: string, minute: number) => [id, client(id, { lastOpenedAt: `2026-01-01T00:0${minute}:00Z` })] as const
  const first = recentIds(new Map([at('a', 1), at('b', 2)]), [])
  expect(first).toEqual(['b', 'a'])
  expect(recentIds(new Map([at('a', 3), at('b', 2)]), first)).toEqual(['b', 'a'])
  expect(recentIds(new Map([at('a', 3), at('b', 2), at('c', 4)]), first)).toEqual(['c', 'b', 'a'])
})

test.each([
  [{ key: 'K', code: 'KeyK', ctrlKey: true, shiftKey: true }, false, 'Mod+Shift+K'],
  [{ key: 'k', code: 'KeyK', metaKey: true }, true, 'Mod+K'],
  [{ key: '&', code: 'Digit1', ctrlKey: true }, false, 'Mod+1'],
  [{ key: '?', code: 'Slash', shiftKey: true }, false, '?'],
  [{ key: 'j', code: 'KeyJ', altKey: true }, false, ''],
  [{ key: 'k', code: 'KeyK', metaKey: true }, false, ''],
])('keys %j on a Mac: %s are the combination "%s"', (event, mac, combination) => {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
  expect(combinationOf({ ...none, ...event } as KeyboardEvent, mac)).toBe(combination)
})

test('the newest registration of a key wins until it is removed', () => {
  const registry = new CommandRegistry()
  const command = (id: string): Command => ({ id, title: id, group: 'List', keys: ['Escape'], run: () => undefined })
  registry.register({ current: [command('outer')] })
  const remove = registry.register({ current: [command('inner')] })
  expect(registry.find('Escape')?.id).toBe('inner')
  remove()
  expect(registry.find('Escape')?.id).toBe('outer')
})

test('times are short and say on which side of now they are', () => {
  const now = Date.parse('2026-05-10T12:00:00Z')
  expect(agoShort('2026-05-10T11:59:40Z', now)).toBe('now')
  expect(agoShort('2026-05-10T09:00:00Z', now)).toBe('3 h')
  expect(dueShort('2026-05-10T14:00:00Z', now)).toBe('in 2 h')
  expect(dueShort('2026-05-08T12:00:00Z', now)).toBe('2 d late')
})
