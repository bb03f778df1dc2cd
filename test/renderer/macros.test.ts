import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeOf, textOf, valueOf, type Filling } from '../../src-renderer/features/macros/fill.ts'
import { filled, Macro, SETS_NOTHING, VARIABLES, variablesOf } from '../../src-shared/domain/macros.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'
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

test('what a macro sets is about whoever uses it; one that does nothing is refused', () => {
  const set = { status: 'fixed', assignee: 'me', addTags: ['x'] }
  expect(changeOf(macro({ set }), { me: me.id })).toEqual({
    patch: { status: 'fixed', assigneeId: me.id },
    addTags: ['x'],
    removeTags: [],
  })
  expect(changeOf(macro({ set: { assignee: 'nobody' } }), { me: me.id })?.patch).toEqual({ assigneeId: null })
  expect(changeOf(macro({ text: 'x' }), { me: me.id })).toBeNull()
  const more = macro({ set: SETS_NOTHING, tasks: ['Order it'], watch: ['me', other.id, me.id] })
  expect(changeOf(more, { me: me.id })).toMatchObject({ addTasks: ['Order it'], addWatchers: [me.id, other.id] })
  expect(changeOf(macro({ set: SETS_NOTHING }), { me: me.id })).toBeNull()
  expect(Macro.safeParse({ key: 'k', label: 'L' }).error?.issues[0]?.message).toContain('does nothing')
  expect(Macro.safeParse({ key: 'k', label: 'L', set: { colour: 'red' } }).success).toBe(false)
})
