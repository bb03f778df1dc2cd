import { expect, test } from 'vitest'
import { resolveQuery } from '../../src-shared/query/resolve.ts'
import { contactTyped, suggest } from '../../src-renderer/features/tickets/suggest.ts'
import { DEFAULT_ATTACHMENT_POLICY } from '../../src-shared/domain/attachment.ts'
import { configuration, technicianOf } from '../compartment/desk.ts'

const desk = {
  attachments: DEFAULT_ATTACHMENT_POLICY,
  configuration: {
    ...configuration,
    customFields: [
      { type: 'select' as const, key: 'floor', label: 'Floor', options: [{ key: 'f1', label: 'First floor' }] },
      { type: 'checkbox' as const, key: 'on call', label: 'On call' },
      { type: 'person' as const, key: 'boss', label: 'Approver' },
    ],
  },
  technicians: [technicianOf(1), technicianOf(2)],
  me: technicianOf(1).id,
}
const labels = (text: string): string[] => suggest(text, text.length, desk).map(({ label }) => label)

test('operators are offered as they are begun, and a client’s own fields by name', () => {
  expect(labels('s')).toEqual(['status:', 'sla:'])
  expect(labels('printer -as')).toEqual(['assignee:'])
  expect(labels('floo')).toEqual(['field.floor:'])
  expect(labels('printer')).toEqual([])
  expect(labels('"status')).toEqual([])
  expect(labels('')).toEqual([])
})

test('values come from the configuration, and are put in so that they are understood', () => {
  expect(labels('status:aw')).toEqual(['Awaiting Vendor'])
  expect(labels('assignee:')).toEqual(['me', 'none', 'Technician 2'])
  expect(labels('field.floor:')).toEqual(['First floor'])
  expect(contactTyped('field.Approver:da', 17, desk)).toBe('da')
  expect(contactTyped('assignee:da', 11, desk)).toBe(null)
  expect(suggest('field.boss:te', 13, desk, ['Dana Lee']).map(({ text }) => text)).toEqual([
    'field.boss:"Technician 2" ',
    'field.boss:"Dana Lee" ',
  ])
  expect(suggest('tag:x status:aw printer', 15, desk)[0]).toMatchObject({
    text: 'tag:x status:"Awaiting Vendor" printer',
    caret: 31,
  })
})

test('who left is offered as such, by operators and by a word of the name', () => {
  const since = { ...desk, former: { gone: 'Kim Long Gone' } }
  const offered = (text: string) => suggest(text, text.length, since).map(({ label, hint }) => [label, hint])
  expect(offered('assignee:lo')).toEqual([['Kim Long Gone', 'no longer here']])
  expect(offered('-lon')).toEqual([['assignee:"Kim Long Gone"', 'no longer here']])
  expect(suggest('-lon printer', 4, since)[0]?.text).toBe('-assignee:"Kim Long Gone" printer')
  for (const text of ['assignee:kim', 'watcher:Long', 'assignee:"kim long gone (former)"', 'field.boss:gone'])
    expect(resolveQuery(text, { ...since, now: 0 })).toMatchObject({ misread: [], conditions: [{}] })
})

test('whatever is offered and taken is understood', () => {
  const meaning = { ...desk, now: 0 }
  const operators = [
    'status',
    'priority',
    'type',
    'queue',
    'assignee',
    'watcher',
    'tasks',
    'mentions',
    'is',
    'created',
    'updated',
    'sla',
    'field.floor',
  ]
  for (const operator of operators) {
    const offered = suggest(`${operator}:`, operator.length + 1, desk)
    expect(offered.length).toBeGreaterThan(0)
    for (const { text } of offered) expect(resolveQuery(text, meaning).misread).toEqual([])
  }
  for (const { text } of suggest('f', 1, desk))
    expect(resolveQuery(`${text}x`, meaning).terms[0]?.operator).toBe('field')
})

test('what is not understood is told in one sentence, with its place', () => {
  const read = (text: string) => resolveQuery(text, { ...desk, now: 0 }).misread
  expect(read('printer status:foo')).toEqual([
    { from: 8, to: 18, message: 'No status of this client is called “foo”. That part is left out.' },
  ])
  expect(read('field.nope:1')[0]?.message).toContain('No field of this client is called “nope”')
  expect(read('created:soon')[0]?.message).toContain('takes an age or a day')
  expect(read('created:2026-02-31')).toHaveLength(1)
  expect(read('created:>2026-02-28 updated:<3h is:at-risk sla:>2d http://x y:z')).toEqual([])
})
