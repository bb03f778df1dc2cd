import { Configuration } from '../../src-shared/domain/configuration.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { resolveLayers, sameValue, valuesOf, type Layer, type Resolved } from '../../src-shared/settings/layers.ts'
import { configurationOf, LayerValues, settingsOf, type HolidayPlace } from '../../src-shared/settings/settings.ts'
import type { Holiday } from '../../src-shared/sla/schema.ts'
import type { Transaction } from '../database/connect.ts'
import { publicHolidays } from '../holidays.ts'
import { builtIn } from '../templates/templates.ts'

/** The template that a tenant began with, as it was then. */
export interface TemplateLayer {
  key: string
  name: string
  settings: LayerValues
}

/** One state of a tenant's own layers. */
export interface ClientLayers {
  /** 0 where nothing was ever changed: then all of the configuration is the client's own. */
  revision: number
  template: TemplateLayer | null
  settings: LayerValues
}

/** Who writes a revision; no id for the cloud itself. */
export interface RevisionAuthor {
  id: string | null
  name: string
  note?: string | undefined
}

/** A revision with who wrote it and when. */
export interface Revision extends ClientLayers {
  at: string
  by: { id: string | null; name: string }
  note: string | null
}

/** The newest defaults of the organisation of whoever is asking, tenant or organisation. */
export async function readDefaults(tx: Transaction): Promise<{ revision: number; settings: LayerValues }> {
  const [row] = await tx<{ revision: number; settings: unknown }[]>`
    select revision, settings from organisation_defaults order by revision desc limit 1`
  return row ? { revision: row.revision, settings: readValues(row.settings) } : { revision: 0, settings: {} }
}

/** What is stored may be from before a setting was narrowed or renamed: what does not fit any more is passed over. */
export function readValues(stored: unknown): LayerValues {
  const whole = LayerValues.safeParse(stored)
  if (whole.success) return whole.data
  const wrong = new Set(
    whole.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(0, 1))),
  )
  const kept = Object.entries(stored as Record<string, unknown>).filter(([key]) => !wrong.has(key))
  return LayerValues.parse(Object.fromEntries(kept))
}

interface RevisionRow {
  revision: number
  template: TemplateLayer | null
  settings: unknown
  at: string
  by_id: string | null
  by_name: string
  note: string | null
}

/** A tenant's revisions, the newest first. */
export async function readRevisions(tx: Transaction, limit: number, revision?: number): Promise<Revision[]> {
  const rows = await tx<RevisionRow[]>`
    select revision, template, settings, by_id, by_name, note,
      to_char(written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from configuration_revision where ${revision === undefined ? tx`true` : tx`revision = ${revision}`}
    order by revision desc limit ${limit}`
  return rows.map(({ by_id: id, by_name: name, settings, template, ...rest }) => ({
    ...rest,
    template: template && { ...template, settings: readValues(template.settings) },
    settings: readValues(settings),
    by: { id, name },
  }))
}

/** A tenant's layers as they are. */
export async function readLayers(tx: Transaction): Promise<ClientLayers> {
  const [newest] = await readRevisions(tx, 1)
  if (newest) return newest
  const [row] = await tx<{ data: unknown }[]>`select data from configuration`
  if (!row) throw new ProblemError('not-found', { what: 'The configuration of this client' })
  return { revision: 0, template: null, settings: settingsOf(Configuration.parse(row.data)) }
}

/** A tenant's settings with the origin of each. */
export function resolved(
  defaults: LayerValues,
  { template, settings }: Pick<ClientLayers, 'template' | 'settings'>,
): Resolved {
  const layers: Layer[] = [
    { origin: 'built-in', values: builtIn() },
    { origin: 'organisation', values: defaults },
    ...(template ? [{ origin: 'template' as const, name: template.name, values: template.settings }] : []),
    { origin: 'client', values: settings },
  ]
  return resolveLayers(layers)
}

/** What the organisation knows of a tenant, in the tenant's own scope. */
export async function readFacts(tx: Transaction): Promise<{ timeZone: string; shortName: string }> {
  const [row] = await tx<{ timeZone: string; shortName: string }[]>`
    select time_zone as "timeZone", short_name as "shortName" from tenant where id = bulkhead.current_tenant()`
  if (!row) throw new ProblemError('not-found', { what: 'This client' })
  return row
}

const known = new Map<string, Holiday[]>()

/** The public holidays of a place from last year to three years ahead; worked out once for each place and year. */
export function holidaysAhead(place: HolidayPlace, now: Date): Holiday[] {
  const key = [place.country, place.state, place.region, now.getUTCFullYear()].join()
  const found = known.get(key) ?? workedOut(place, now)
  known.set(key, found)
  return found
}

function workedOut(place: HolidayPlace, now: Date): Holiday[] {
  return publicHolidays(
    place,
    [-1, 0, 1, 2, 3].map((ahead) => now.getUTCFullYear() + ahead),
  )
}

/** What compartments get of settings. @param timeZone of the client */
export function madeConfiguration(of: Resolved, timeZone: string, now: Date): Configuration {
  return Configuration.parse(
    configurationOf(valuesOf(of), { timeZone, publicHolidays: (place) => holidaysAhead(place, now) }),
  )
}

/** Stores a revision as the newest. @throws ProblemError `settings-changed` where somebody else was faster */
export async function storeRevision(tx: Transaction, layers: ClientLayers, author: RevisionAuthor): Promise<void> {
  const { revision, template, settings } = layers
  await tx`
    insert into configuration_revision (tenant_id, revision, template, settings, by_id, by_name, note)
    values (bulkhead.current_tenant(), ${revision}, ${template && JSON.stringify(template)}::text::json,
            ${JSON.stringify(settings)}::text::json, ${author.id}, ${author.name}, ${author.note ?? null})`
}

/**
 * Works a tenant's configuration out anew and publishes it where it differs from what is there: the last step of a
 * transaction that holds the tenant's settings.
 * @returns whether it differed
 */
export async function publishConfiguration(tx: Transaction, now = new Date()): Promise<boolean> {
  const [defaults, layers, { timeZone }] = [await readDefaults(tx), await readLayers(tx), await readFacts(tx)]
  const made = madeConfiguration(resolved(defaults.settings, layers), timeZone, now)
  const [row] = await tx<{ data: unknown; revision: number }[]>`
    select data, defaults_revision as revision from configuration`
  const same = row !== undefined && sameValue(row.data, made)
  if (same && row.revision === defaults.revision) return false
  const changed = same ? tx`` : tx`, data = excluded.data, version = null`
  await tx`
    insert into configuration (tenant_id, data, defaults_revision)
    values (bulkhead.current_tenant(), ${JSON.stringify(made)}::text::json, ${defaults.revision})
    on conflict (tenant_id, id) do update set defaults_revision = excluded.defaults_revision ${changed}`
  if (!same) await tx`select bulkhead.publish()`
  return !same
}
