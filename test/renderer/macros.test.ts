import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeOf, textOf, valueOf, type Filling } from '../../src-renderer/features/macros/fill.ts'
import { filled, Macro, SETS_NOTHING, VARIABLES, variablesOf } from '../../src-shared/domain/macros.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'
import type { BulkChange } from '../../src-shared/domain/bulk.ts'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import type { Moment } from '../../src-shared/domain/when.ts'
import { incoherences } from '../../src-shared/settings/coherence.ts'
import type { Settings } from '../../src-shared/settings/settings.ts'
import { zoneOf } from '../../src-shared/sla/zone.ts'
import { configuration, contactOf, technicianOf, ticketOf } from '../compartment/desk.ts'

const [me, other] = [technicianOf(1), technicianOf(2)]
const filling = (more: Partial<TicketDetail> = {}): Filling => ({
  desk: {
    configuration: {
      ...configuration,
      customFields: [{ type: 'select', key: 'floor', label: 'Floor', options: [{ key: 'f1', label: 'First floor' }] }],
    },
    technicians: [me],
    me: me.id,
    attachments: { maxBytes: 1, refusedExtensions: [] },
  },
  client: { name: 'Acme Works', shortName: 'Acme' },
  now: Date.parse('2026-03-05T12:00:00Z'),
  detail: {
    ticket: ticketOf(7, { status: 'vendor', priority: 'p1', type: 'incident', customFields: { floor: 'f1' } }),
    requester: { ...contactOf(3), name: 'Ada Lovelace', email: 'ada@acme.example', phone: '1', site: 'Mill' },
    ...more,
  } as TicketDetail,
})
const macro = (given: object): Macro => Macro.parse({ key: 'k', label: 'L', ...given })

test('variables are filled in the client’s words', () => {
  const text =
    'Hi {{requester.firstName}}, {{ ticket.number }} is {{ticket.status}} on {{field.floor}}. {{technician.name}}, {{client.name}}'
  expect(textOf(macro({ text }), filling())).toBe(
    'Hi Ada, 7 is Awaiting Vendor on First floor. Technician 1, Acme Works',
  )
})

test('each variable that can be written has a value where everything is known', () => {
  for (const name of VARIABLES) expect([name, valueOf(name, filling())]).toEqual([name, expect.stringMatching(/./)])
})

test('what nobody knows stays as it is written: no requester, no number yet, no such variable', () => {
  const text = '{{requester.firstName}} {{ticket.number}} {{nobody.knows}} {{field.none}}'
  const unknown = filling({ requester: null, ticket: ticketOf(7, { number: -3 }) })
  expect(textOf(macro({ text }), unknown)).toBe(text)
  expect(variablesOf(text)).toHaveLength(4)
})

test('a value that looks like a variable is not filled again, and nothing else of a text is touched', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (around, value) => {
      const text = `${around.replaceAll(/[{}]/g, '')}{{a}}`
      expect(filled(text, () => value)).toBe(text.slice(0, -5) + value)
    }),
    { numRuns: 2000 },
  )
  expect(filled('{{a}}', () => '{{b}}')).toBe('{{b}}')
})

// Wednesday, 10:20 in Sydney.
const moment: Moment = {
  ...{ now: Date.parse('2026-11-17T23:20:00Z'), zone: zoneOf('Australia/Sydney'), opens: () => 540 },
  hours: (day) => ([0, 6].includes((day + 4) % 7) ? [] : [[540, 1020]]),
}
const own: CustomField[] = [
  { type: 'date', key: 'visit', label: 'Visit' },
  { type: 'date-time', key: 'call', label: 'Call' },
  { type: 'person', key: 'owner', label: 'Owner' },
  { type: 'number', key: 'seats', label: 'Seats', validation: { max: 10 } },
  {
    type: 'select',
    key: 'kind',
    label: 'Kind',
    options: [
      { key: 'a', label: 'A' },
      { key: 'b', label: 'B', retired: true },
    ],
  },
  { type: 'text', key: 'old', label: 'Old', retired: true },
]
const using = { me: me.id, configuration: { ...configuration, customFields: own } }

test('what a macro sets is about whoever uses it; one that does nothing is refused', () => {
  const changed = (given: object): BulkChange | null => {
    const set = changeOf(macro(given), using, moment)
    return 'change' in set ? set.change : null
  }
  const set = { status: 'fixed', assignee: 'me', addTags: ['x'] }
  expect(changed({ set })).toEqual({
    patch: { status: 'fixed', assigneeId: me.id },
    addTags: ['x'],
    removeTags: [],
  })
  expect(changed({ set: { assignee: 'nobody' } })?.patch).toEqual({ assigneeId: null })
  expect(changed({ text: 'x' })).toBeNull()
  const more = { set: SETS_NOTHING, tasks: ['Order it'], watch: ['me', other.id, me.id] }
  expect(changed(more)).toMatchObject({ addTasks: ['Order it'], addWatchers: [me.id, other.id] })
  expect(changed({ set: SETS_NOTHING })).toBeNull()
  expect(Macro.safeParse({ key: 'k', label: 'L' }).error?.issues[0]?.message).toContain('does nothing')
  expect(Macro.safeParse({ key: 'k', label: 'L', set: { colour: 'red' } }).success).toBe(false)
})

test('times in words are of when a macro is used; one that is over is said, and nothing is set', () => {
  const fields = { visit: 'in 2 working days', call: 'tomorrow 9:00', owner: 'me', seats: 4, kind: null, gone: 'x' }
  expect(changeOf(macro({ set: SETS_NOTHING, fields }), using, moment)).toEqual({
    change: {
      patch: {
        customFields: { visit: '2026-11-20', call: '2026-11-18T22:00:00.000Z', owner: me.id, seats: 4, kind: null },
      },
      ...{ addTags: [], removeTags: [] },
    },
  })
  expect(changeOf(macro({ set: SETS_NOTHING, fields: { visit: 'today 9:00' } }), using, moment)).toEqual({
    problem: 'Visit: “today 9:00”: That is over already. Choose a time to come.',
  })
})

test.each([
  [{ fields: { gone: 1 } }, 'The macro "L" fills the field "gone", which is not there. Take it out, or add the field.'],
  [{ fields: { old: 'x' } }, 'The macro "L" fills the field "Old", which is retired. Take it out.'],
  [{ fields: { seats: '4' } }, 'The macro "L" gives "Seats" a value of another kind. Give it a number.'],
  [{ fields: { seats: 11 } }, 'gives "Seats" what it does not take. Seats has to be 10 at most'],
  [{ fields: { kind: ['a'] } }, 'The macro "L" gives "Kind" a value of another kind. Choose one of its options.'],
  [{ fields: { kind: 'c' } }, 'The macro "L" gives "Kind" the option "c", which is not there. Choose another.'],
  [{ fields: { kind: 'b' } }, 'The macro "L" gives "Kind" the option "B", which is retired. Choose another.'],
  [{ fields: { visit: 'soon' } }, 'gives "Visit" what is no time in words. Write it such as "in 2 working days".'],
  [{ fields: { owner: 'Bob' } }, 'gives "Owner" nobody. Choose "me" or the id of a technician or contact.'],
  [{ set: { status: 'gone' } }, 'The macro "L" sets the status "gone", which is not there.'],
  [{ set: { status: 'was' } }, 'The macro "L" sets the status "Was", which is retired. Choose another.'],
  [{ fields: { seats: 3, kind: 'a', owner: 'me', call: '9:00', visit: null } }, null],
])('in the settings: %j', (given, expected) => {
  const statuses = [
    ...configuration.statuses,
    { ...configuration.statuses[0], key: 'was', label: 'Was', retired: true },
  ]
  const settings = { ...EMPTY, ...configuration, statuses, customFields: own }
  const told = incoherences({ ...settings, macros: [macro({ text: 'x', ...given })] } as unknown as Settings)
  if (expected === null) expect(told).toEqual([])
  else expect(told).toEqual([expect.stringContaining(expected)])
})

const EMPTY = { noise: null, calendars: [], targets: [], escalations: [], onCall: [], naming: [], priorityMatrix: null }
