import { expect, test } from 'vitest'
import { DEFAULT_ATTACHMENT_POLICY } from '../../src-shared/domain/attachment.ts'
import type { Desk, SyncReport } from '../../src-shared/domain/views.ts'
import { patchOf, valueText } from '../../src-renderer/features/inbox/value-text.ts'
import { headline, untilShort } from '../../src-renderer/features/sync/report-words.ts'
import { bytes } from '../../src-renderer/ui/bytes.ts'
import { sampleConfiguration } from '../support/sample.ts'

const desk: Desk = {
  attachments: DEFAULT_ATTACHMENT_POLICY,
  configuration: {
    ...sampleConfiguration,
    customFields: [...sampleConfiguration.customFields, { type: 'person', key: 'boss', label: 'Boss' }],
  },
  technicians: [
    { id: 'me', name: 'Robin', email: 'robin@alpha.example' },
    { id: 'lena', name: 'Lena', email: 'lena@alpha.example' },
  ],
  former: { '33333333-3333-4333-8333-333333333333': 'Kim' },
  me: 'me',
}

test.each([
  ['status', 'vendor', 'Awaiting Vendor'],
  ['status', 'a status of yesterday', 'a status of yesterday'],
  ['priority', 'p1', 'Urgent'],
  ['queue', null, 'No queue'],
  ['assigneeId', 'lena', 'Lena'],
  ['assigneeId', 'me', 'Robin (you)'],
  ['assigneeId', 'somebody else', 'Former technician'],
  ['assigneeId', '33333333-3333-4333-8333-333333333333', 'Kim (former)'],
  ['watchers', ['lena', '33333333-3333-4333-8333-333333333333'], 'Lena, Kim (former)'],
  ['customFields.boss', '33333333-3333-4333-8333-333333333333', 'Kim (former)'],
  ['assigneeId', null, 'Unassigned'],
  ['tags', ['vpn', 'urgent'], 'vpn, urgent'],
  ['tags', [], 'None'],
  ['customFields.floor', 'one', 'One'],
  ['customFields.seats', 1200, '1,200'],
  ['customFields.gone', true, 'Yes'],
  ['customFields.boss', 'lena', 'Lena'],
  ['customFields.boss', '11111111-1111-4111-8111-111111111111', 'Ada'],
  ['customFields.boss', '22222222-2222-4222-8222-222222222222', 'Unknown person'],
  ['customFields.boss', 'As it was imported', 'As it was imported'],
  ['requesterId', '11111111-1111-4111-8111-111111111111', 'Ada'],
  ['customFields.site', undefined, 'Not set'],
  ['vip', false, 'No'],
  ['ownerId', null, 'Everybody'],
  ['columns', ['number', 'field.site', 'field.gone'], 'number, Site, gone'],
  [
    'layout',
    { group: 'status', order: { by: 'field.site', direction: 'ascending' } },
    'in sections by status, by Site, ascending',
  ],
  [
    'filter',
    { open: true, priorities: ['p1'], assignees: [null, 'me'] },
    'All open, Urgent, Unassigned or Robin (you)',
  ],
  ['filter', {}, 'All tickets'],
])('%s %j reads %s', (field, value, text) => {
  expect(valueText(field, value, desk, { '11111111-1111-4111-8111-111111111111': 'Ada' })).toBe(text)
})

test('values by field name become one patch, custom fields among themselves', () => {
  expect(
    patchOf([
      { field: 'status', value: 'done' },
      { field: 'customFields.site', value: 'Quay' },
      { field: 'customFields.seats', value: 3 },
    ]),
  ).toEqual({ status: 'done', customFields: { site: 'Quay', seats: 3 } })
})

const report: SyncReport = {
  state: { phase: 'idle', lastSuccessAt: null, pending: 0, failed: 0, progress: null, problem: null },
  ...{
    paused: false,
    breaker: 'closed',
    lastPullAt: null,
    lastPushAt: null,
    nextTry: null,
    cursor: 1,
    head: 1,
    compared: null,
  },
  outbox: [],
  files: { cacheBytes: 0, ledgerBytes: 0 },
}
const edit = {
  id: 'e',
  ticket: null,
  about: null,
  kind: 'ticket.update',
  fields: ['status'],
  at: '',
  attempts: 0,
} as const

test.each([
  [{}, 'Everything is in step with the cloud'],
  [{ outbox: [{ ...edit, fields: [] }] }, '1 edit waiting here'],
  [{ paused: true, outbox: [{ ...edit, fields: [] }] }, 'Sync is paused · 1 edit waiting here'],
  [{ state: { ...report.state, phase: 'offline' as const } }, 'The cloud is away'],
])('the sync page says %j in one line', (part, text) => {
  expect(headline({ ...report, ...part })).toBe(text)
})

test('sizes and waits read as people say them', () => {
  expect([bytes(900), bytes(2048), bytes(5_500_000)]).toEqual(['900 bytes', '2.0 kB', '5.2 MB'])
  const now = Date.parse('2026-01-01T00:00:00Z')
  const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString()
  expect([untilShort(at(12), now), untilShort(at(300), now), untilShort(at(-1), now)]).toEqual([
    'in 12 s',
    'in 5 min',
    'now',
  ])
})
