import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { NoisePolicy } from '../../src-shared/domain/noise.ts'
import { agreementOf } from './agreements.ts'
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
    customFields: profile.fields.map(({ field }) => field),
    atRiskMinutes: profile.atRiskMinutes,
    noise: noiseOf(profile),
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

function choices(labels: string[]): { key: string; label: string }[] {
  return [...new Set(labels)].map((label) => ({ key: keyOf(label), label }))
}
