import type { Configuration } from '../../src-shared/domain/configuration.ts'
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
    ...(sla && { sla }),
  }
}

function choices(labels: string[]): { key: string; label: string }[] {
  return [...new Set(labels)].map((label) => ({ key: keyOf(label), label }))
}
