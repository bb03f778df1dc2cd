import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'

const missing = z.string().transform((text) => (text === '?' ? null : text))
const flag = z.enum(['TRUE', 'FALSE']).transform((text) => text === 'TRUE')
const dayFirst = z
  .string()
  .regex(/^\d\d-\d\d-\d{4} \d\d:\d\d$/)
  .transform((text) => {
    const [day, month, year, hour, minute] = text.split(/[- :]/)
    return `${year}-${month}-${day}T${hour}:${minute}:00.000Z`
  })
const missingInstant = z.union([z.literal('?').transform(() => null), dayFirst])

const Row = z.object({
  number: z.string().regex(/^INC\d+$/),
  incident_state: z.string(),
  active: flag,
  reassignment_count: z.coerce.number().int(),
  reopen_count: z.coerce.number().int(),
  sys_mod_count: z.coerce.number().int(),
  made_sla: flag,
  caller_id: missing,
  opened_by: missing,
  opened_at: dayFirst,
  sys_updated_by: z.string(),
  sys_updated_at: dayFirst,
  contact_type: missing,
  location: missing,
  category: missing,
  subcategory: missing,
  u_symptom: missing,
  cmdb_ci: missing,
  impact: z.string(),
  urgency: z.string(),
  priority: z.string(),
  assignment_group: missing,
  assigned_to: missing,
  problem_id: missing,
  rfc: missing,
  closed_code: missing,
  resolved_at: missingInstant,
  closed_at: missingInstant,
})

/** The state of one incident after one update, in the log's own column names; `?` is null, times are ISO 8601 in UTC. */
export type IncidentEvent = z.infer<typeof Row>

const logFile = fileURLToPath(new URL('../../resources/incident-log/incident_event_log.csv', import.meta.url))

/**
 * Reads the incident log (see resources/incident-log/README.md), in order of update, then of rows. Its times are
 * day-first and without a zone; they are taken as UTC.
 * @throws where the file is not there or a row is not of the log's form
 */
export function readIncidentLog(file = logFile): IncidentEvent[] {
  const rows: unknown[] = parse(readFileSync(file), { columns: true, bom: true })
  // The sort is stable: rows of the same minute stay in their order.
  return z
    .array(Row)
    .parse(rows)
    .sort((a, b) => (a.sys_updated_at < b.sys_updated_at ? -1 : a.sys_updated_at > b.sys_updated_at ? 1 : 0))
}

/** What each incident comes to in the end, in the log's words: of rows in the order of {@link readIncidentLog} the last counts. */
export function finalStates(
  events: IncidentEvent[],
): Map<string, { status: string; priority: string; queue: string | null }> {
  const states = new Map<string, { status: string; priority: string; queue: string | null }>()
  for (const event of events) {
    states.set(event.number, { status: event.incident_state, priority: event.priority, queue: event.assignment_group })
  }
  return states
}
