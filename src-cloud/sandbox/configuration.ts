import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Macro } from '../../src-shared/domain/macros.ts'
import type { NoisePolicy } from '../../src-shared/domain/noise.ts'
import { agreementOf } from './agreements.ts'
import { matrixFields, matrixOf } from './matrix.ts'
import { keyOf, type Profile } from './profile.ts'

/** From most urgent to least; readable on dark and on light. */
const urgency = ['#e03131', '#e8590c', '#d08700', '#2f9e8f', '#748091']

/**
 * The client's own words and rules as data.
 * @param crew ids of the technicians who work there most
 */
export function configurationOf(profile: Profile, crew: string[], now: Date): Configuration {
  const { priorities, types, queues } = profile
  const sla = agreementOf(profile, crew, now)
  return {
    statuses: profile.statuses.map(({ label, category, stopsClock }) => ({
      key: keyOf(label),
      label,
      category,
      stopsClock,
    })),
    priorities: priorities.map((label, i) => ({
      key: keyOf(label),
      label,
      rank: i + 1,
      colour: urgency[Math.round((i / Math.max(1, priorities.length - 1)) * (urgency.length - 1))] ?? '#748091',
    })),
    types: choices(Object.values(types)),
    queues: choices(Object.values(queues)),
    customFields: [...matrixFields(profile), ...profile.fields.map(({ field }) => field)],
    ...matrixOf(profile),
    atRiskMinutes: profile.atRiskMinutes,
    noise: noiseOf(profile),
    macros: macrosOf(profile),
    ...(sla && { sla }),
  }
}

/** What reaches every desk's mailbox; it is closed for good, where that differs from being solved. */
function noiseOf({ statuses, types }: Profile): NoisePolicy {
  const over = statuses.filter(({ category }) => category === 'closed' || category === 'resolved')
  const status = keyOf((over.find(({ category }) => category === 'closed') ?? over[0])?.label ?? '')
  const rules = [
    { label: 'Out of office', subject: ['automatic reply', 'out of office', 'abwesend', 'on leave re:'] },
    { label: 'Newsletter', description: ['unsubscribe', 'save your seat', 'win a hamper'] },
    { label: 'Not delivered', subject: ['undeliverable', 'delivery status notification', 'quarantine digest'] },
    { label: 'Just a thank-you', subject: ['thanks!!', 're: [ticket closed]'] },
    { label: 'Vendor notice', subject: ['maintenance notice', ': planned work', ': service advisory'] },
  ]
  return {
    rules: rules.map((rule) => ({ key: keyOf(rule.label), ...rule })),
    mark: { status, type: keyOf(types.noise), tags: ['noise'] },
  }
}

/** What technicians write every day, in the client's own words for where a ticket stands. */
function macrosOf({ statuses }: Profile): Macro[] {
  const [asked, vendor] = (['requester', 'vendor'] as const).map((waitsFor) =>
    statuses.find((one) => one.category === 'waiting' && one.waitsFor === waitsFor),
  )
  const over =
    statuses.find(({ category }) => category === 'resolved') ?? statuses.find(({ category }) => category === 'closed')
  const working = statuses.find(({ category }) => category === 'open')
  const set = (status: { label: string } | undefined, more: Macro['set'] = {}): Pick<Macro, 'set'> => ({
    set: { ...(status && { status: keyOf(status.label) }), ...more },
  })
  const reply = (label: string, text: string, more: Partial<Macro> = {}): Macro => ({
    ...{
      key: keyOf(label),
      label,
      kind: 'reply',
      text: `Hi {{requester.firstName}},\n\n${text}\n\n{{technician.firstName}}`,
    },
    ...more,
  })
  return [
    reply('On it', 'I have picked this up and will write again today.', set(working, { assignee: 'me' })),
    reply(
      'Ask for details',
      'Could you tell me since when this happens, on which device, and what it says? A screenshot helps.',
      set(asked),
    ),
    reply(
      'Is it solved?',
      'Does it work for you now? If I hear nothing until tomorrow I will close ticket {{ticket.number}}.',
      set(asked),
    ),
    reply('Done', 'This is done. If it comes back, answer here and ticket {{ticket.number}} opens again.', set(over)),
    reply('Thanks for waiting', 'Thanks for your patience, we are still on “{{ticket.subject}}”.'),
    {
      ...{ key: 'vendor-chased', label: 'Vendor chased', kind: 'note', text: 'Chased the vendor on {{today}}.' },
      ...set(vendor),
    },
    { ...{ key: 'take-over', label: 'Take over', kind: 'note' }, ...set(working, { assignee: 'me' }) },
  ]
}

function choices(labels: string[]): { key: string; label: string }[] {
  return [...new Set(labels)].map((label) => ({ key: keyOf(label), label }))
}
