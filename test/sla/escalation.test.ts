import { describe, expect, test } from 'vitest'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { begunHistory, movedHistory, repliedHistory } from '../../src-shared/domain/history.ts'
import { dueEscalations, effectOf, nextEscalation } from '../../src-shared/sla/escalation.ts'
import { ServiceDesk, type ClockedTicket } from '../../src-shared/sla/service-desk.ts'
import { configuration, idOf } from '../compartment/desk.ts'

const [ANA, BEN] = [idOf('ana'), idOf('ben')]
const hours = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
]
const week = { monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours }
const desk = new ServiceDesk(
  Configuration.parse({
    ...configuration,
    sla: {
      calendars: [
        {
          key: 'office',
          label: 'Office',
          timeZone: 'Europe/Berlin',
          hours: week,
          holidays: [{ date: '2026-05-01', name: 'Tag der Arbeit' }],
        },
        { key: 'always', label: 'Always', timeZone: 'Europe/Berlin', hours: '24x7' },
      ],
      targets: [
        { priorities: ['p1'], calendar: 'always', firstResponse: 15, resolution: 240 },
        { types: ['incident'], calendar: 'office', firstResponse: 60, resolution: 480 },
        { priorities: ['p4'], calendar: 'gone', resolution: 5 },
      ],
      escalations: [
        {
          key: 'half',
          label: 'Half',
          when: { on: 'target', target: 'resolution', percent: 50 },
          actions: [{ do: 'notify', assignee: true }],
        },
        {
          key: 'over',
          label: 'Over',
          when: { on: 'target', target: 'resolution', percent: 150 },
          actions: [
            { do: 'assign', onCall: 'desk' },
            { do: 'raise-priority' },
            { do: 'notify', onCall: 'desk', technicians: [ANA], assignee: true },
          ],
        },
        {
          key: 'untaken',
          label: 'Untaken',
          when: { on: 'unassigned', minutes: 30 },
          actions: [{ do: 'note', text: 'Nobody has it.' }],
        },
        { key: 'back', label: 'Back', when: { on: 'reopened' }, actions: [{ do: 'raise-priority', to: 'p2' }] },
        {
          key: 'passed-on',
          label: 'Passed on',
          when: { on: 'reassigned', times: 2 },
          actions: [{ do: 'note', text: 'Hot potato.' }],
        },
        {
          key: 'vip',
          label: 'VIP',
          when: { on: 'vip' },
          priorities: ['p1', 'p2', 'p3'],
          actions: [{ do: 'notify', onCall: 'nobody' }],
        },
      ],
      onCall: [
        {
          key: 'desk',
          label: 'Desk',
          timeZone: 'Europe/Berlin',
          layers: [{ from: '2026-04-27', handover: '08:00', technicians: [BEN, ANA] }],
        },
      ],
    },
  }),
)

const at = (text: string): number => Date.parse(text)
/** Thursday afternoon before a holiday and a weekend, in Berlin. */
const OPENED = '2026-04-30T14:00:00Z'

function ticket(changes: Partial<ClockedTicket> = {}): ClockedTicket {
  const begun = {
    status: 'new',
    priority: 'p2',
    type: 'incident',
    assigneeId: null,
    createdAt: OPENED,
    updatedAt: OPENED,
    ...changes,
  }
  return { ...begun, history: begunHistory(begun) }
}

function moved(before: ClockedTicket, changes: Partial<ClockedTicket>, when: string): ClockedTicket {
  const after = { ...before, ...changes, updatedAt: when }
  return { ...after, history: movedHistory(before, after, when) }
}

function due(one: ClockedTicket, now: string, { vip = false, executed = [] as string[] } = {}): string[] {
  return dueEscalations(desk, { ticket: one, vip, executed: new Set(executed) }, at(now)).map(({ key }) => key)
}

describe('due times', () => {
  test('pass over the lunch break, the holiday and the weekend', () => {
    expect(desk.dueOf(ticket())).toEqual({ dueAt: at('2026-04-30T15:00:00Z'), riskAt: at('2026-04-30T14:00:00Z') })
    const history = repliedHistory(ticket().history ?? begunHistory(ticket()), '2026-04-30T14:10:00Z')
    expect(desk.dueOf({ ...ticket(), history })?.dueAt).toBe(at('2026-05-04T15:00:00Z'))
  })

  test('are those of the first target that fits; of another calendar, or none', () => {
    expect(desk.dueOf(ticket({ priority: 'p1', type: null }))?.dueAt).toBe(at('2026-04-30T14:15:00Z'))
    expect(desk.dueOf(ticket({ type: null }))).toBeNull()
    expect(desk.dueOf(ticket({ priority: 'p4', type: null }))).toBeNull()
  })

  test('stand while the status stops the clock, and go on where they stood', () => {
    const waits = moved(ticket(), { status: 'vendor' }, '2026-04-30T14:30:00Z')
    expect(desk.dueOf(waits)).toEqual({ dueAt: null, riskAt: null })
    expect(desk.clocksOf(waits, at('2026-05-04T10:00:00Z'))).toMatchObject([
      { state: 'paused', used: 30 },
      { state: 'paused', used: 30 },
    ])
    const back = moved(waits, { status: 'working' }, '2026-05-04T10:00:00Z')
    expect(desk.dueOf(back)?.dueAt).toBe(at('2026-05-04T11:30:00Z'))
  })

  test('a ticket that was missed, met, or over without a reply says so', () => {
    const quick = moved(ticket(), { status: 'fixed' }, '2026-04-30T14:59:00Z')
    expect(desk.clocksOf(quick, at('2027-01-01T00:00:00Z')).map(({ state, used }) => [state, used])).toEqual([
      ['met', 59],
      ['met', 59],
    ])
    const slow = moved(ticket(), { status: 'closed' }, '2026-05-06T07:00:00Z')
    expect(desk.clocksOf(slow, 0).map(({ state }) => state)).toEqual(['missed', 'missed'])
    expect(desk.dueOf(slow)).toEqual({ dueAt: null, riskAt: null })
  })

  test('of a ticket without history nobody claims to know whether there was a reply, nor when it was over', () => {
    const { history: _, ...old } = ticket({ createdAt: '2026-04-30T07:00:00Z' })
    expect(desk.clocksOf(old, at(OPENED)).map(({ target }) => target)).toEqual(['resolution'])
    expect(desk.clocksOf({ ...old, status: 'closed' }, at(OPENED))).toEqual([])
  })
})

describe('rules of escalation', () => {
  test('strike at their share of a target, once', () => {
    const one = ticket({ assigneeId: ANA, createdAt: '2026-04-30T07:00:00Z' })
    expect(due(one, '2026-04-30T11:59:00Z')).toEqual([])
    expect(due(one, '2026-04-30T12:00:00Z')).toEqual(['half'])
    expect(due(one, '2026-05-05T12:00:00Z')).toEqual(['half', 'over'])
    expect(due(one, '2026-05-05T12:00:00Z', { executed: ['half'] })).toEqual(['over'])
    expect(nextEscalation(desk, { ticket: one, vip: false, executed: new Set() }, at('2026-04-30T12:00:00Z'))).toBe(
      at('2026-05-04T13:00:00Z'),
    )
  })

  test('strike on events', () => {
    expect(due(ticket(), '2026-04-30T14:29:00Z')).toEqual([])
    expect(due(ticket(), '2026-04-30T14:30:00Z')).toEqual(['untaken'])
    let one = moved(ticket({ assigneeId: ANA }), { status: 'fixed' }, '2026-04-30T14:05:00Z')
    expect(due(one, '2026-04-30T14:06:00Z', { vip: true })).toEqual([])
    one = moved(one, { status: 'working', assigneeId: BEN }, '2026-04-30T14:07:00Z')
    expect(due(one, '2026-04-30T14:08:00Z', { vip: true })).toEqual(['vip', 'back'])
    one = moved(one, { assigneeId: ANA }, '2026-04-30T14:09:00Z')
    expect(due(one, '2026-04-30T14:10:00Z')).toEqual(['back', 'passed-on'])
    expect(due({ ...ticket({ priority: 'p4' }) }, OPENED, { vip: true })).toEqual([])
  })

  test('come to what can be done: on call, a rank up and never down, each person once', () => {
    const rule = (key: string) => desk.configuration.sla?.escalations.find((one) => one.key === key) ?? expect.fail(key)
    const now = at('2026-05-04T05:59:00Z')
    expect(effectOf(desk, rule('over'), ticket(), now)).toEqual({
      assigneeId: BEN,
      priority: 'p1',
      notify: [BEN, ANA],
      notes: [],
    })
    expect(effectOf(desk, rule('over'), ticket({ priority: 'p1' }), now + 60_000)).toEqual({
      assigneeId: ANA,
      notify: [ANA],
      notes: [],
    })
    expect(effectOf(desk, rule('back'), ticket({ priority: 'p1' }), now)).toEqual({ notify: [], notes: [] })
    expect(effectOf(desk, rule('over'), ticket({ priority: 'odd' }), now)).not.toHaveProperty('priority')
    expect(effectOf(desk, rule('vip'), ticket(), now).notify).toEqual([])
  })
})

test('a configuration from before there were service levels stays as it is', () => {
  expect(Configuration.parse(configuration)).toEqual(configuration)
  const plain = new ServiceDesk(configuration)
  expect([plain.dueOf(ticket()), plain.clocksOf(ticket(), 0)]).toEqual([null, []])
})
