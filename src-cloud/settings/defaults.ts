import { ProblemError } from '../../src-shared/problem.ts'
import type {
  DefaultsUses,
  DefaultsView,
  TakenChange,
  SettingsChanged,
  SettingsHistory,
  TakenRestore,
} from '../../src-shared/protocol/settings.ts'
import { changedLayer, differenceOf } from '../../src-shared/settings/layers.ts'
import { SettingKey, type LayerValues } from '../../src-shared/settings/settings.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import { builtIn } from '../templates/templates.ts'
import { mustFit } from './client.ts'
import { HISTORY, historyOf, settingsChanged } from './history.ts'
import { publishConfiguration, readDefaults, readRevisions, readValues } from './store.ts'

/** What an organisation gives to its clients, in the organisation's scope. */
export async function viewDefaults(tx: Transaction): Promise<DefaultsView> {
  return { ...(await readDefaults(tx)), builtIn: builtIn() }
}

/**
 * Changes an organisation's defaults. Its clients get them afterwards, one by one; see {@link inheritDefaults}.
 * @throws ProblemError `settings-changed`, `settings-incoherent`
 */
export async function changeDefaults(
  tx: Transaction,
  technician: string,
  { revision, set, revert, note, dryRun }: TakenChange,
): Promise<SettingsChanged> {
  const before = await ownDefaults(tx, revision)
  return storeDefaults(tx, technician, before, changedLayer(before.settings, { set, revert }), note, dryRun)
}

/** Gives an older state again, as a new revision. @throws ProblemError `not-found`, `settings-changed`, `settings-incoherent` */
export async function restoreDefaults(
  tx: Transaction,
  technician: string,
  { revision, to, note, dryRun }: TakenRestore,
): Promise<SettingsChanged> {
  const before = await ownDefaults(tx, revision)
  const [old] = await readRows(tx, 1, to)
  if (!old) throw new ProblemError('not-found', { what: `Revision ${to} of these settings` })
  return storeDefaults(tx, technician, before, old.settings, note ?? `Revision ${to} again`, dryRun)
}

/** Who changed an organisation's defaults, when and what. */
export async function defaultsHistory(tx: Transaction): Promise<SettingsHistory> {
  return historyOf((await readRows(tx, HISTORY + 1)).map((row) => ({ ...row, template: null })))
}

/**
 * Works the configurations of an organisation's tenants out anew where they are behind its defaults, each tenant in its
 * own scope and transaction. One that inherits nothing of what changed gets no new version.
 * @returns how many tenants were behind
 */
export async function inheritDefaults(api: Sql, organisation: string, signal: AbortSignal): Promise<number> {
  const tenants = await asOrganisation(
    api,
    organisation,
    (tx) => tx<{ id: string }[]>`select tenant_id as id from tenant_feed`,
  )
  let behind = 0
  for (const { id } of tenants) {
    if (signal.aborted) break
    if (await asTenant(api, id, inheritOne)) behind++
  }
  return behind
}

/** How many of an organisation's clients take each default, each looked at in its own scope and transaction. */
export async function defaultsUses(api: Sql, organisation: string): Promise<DefaultsUses> {
  const tenants = await asOrganisation(
    api,
    organisation,
    (tx) => tx<{ id: string }[]>`select tenant_id as id from tenant_feed`,
  )
  const own: DefaultsUses['own'] = {}
  for (const { id } of tenants) {
    const [newest] = await asTenant(api, id, (tx) => readRevisions(tx, 1))
    // From before there were layers: all of it is the client's own.
    const has = newest ? Object.keys({ ...newest.template?.settings, ...newest.settings }) : SettingKey.options
    for (const key of has as SettingKey[]) own[key] = (own[key] ?? 0) + 1
  }
  return { clients: tenants.length, own }
}

/** @returns whether the tenant was behind */
async function inheritOne(tx: Transaction): Promise<boolean> {
  await tx`select bulkhead.own_settings()`
  const [row] = await tx`
    select from configuration c where exists (select from configuration_revision)
      and c.defaults_revision < (select coalesce(max(revision), 0) from organisation_defaults)`
  if (!row) return false
  await publishConfiguration(tx)
  return true
}

async function ownDefaults(tx: Transaction, seen: number): Promise<{ revision: number; settings: LayerValues }> {
  await tx`select bulkhead.own_defaults()`
  const before = await readDefaults(tx)
  if (before.revision === seen) return before
  const [last] = await readRows(tx, 1)
  throw settingsChanged(last)
}

async function storeDefaults(
  tx: Transaction,
  technician: string,
  before: { revision: number; settings: LayerValues },
  settings: LayerValues,
  note: string | undefined,
  dryRun: boolean,
): Promise<SettingsChanged> {
  const none = { template: null, settings: {} }
  mustFit(settings, none, { defaults: before.settings, layers: none })
  const changes = differenceOf(before.settings, settings)
  if (dryRun || changes.length === 0) return { revision: before.revision, changes, proof: null }
  const [who] = await tx<{ name: string }[]>`select name from technician where id = ${technician}`
  await tx`
    insert into organisation_defaults (organisation_id, revision, settings, by_id, by_name, note)
    values (bulkhead.current_organisation(), ${before.revision + 1}, ${JSON.stringify(settings)}::text::json, ${technician},
            ${who?.name ?? 'Somebody'}, ${note ?? null})`
  return { revision: before.revision + 1, changes, proof: null }
}

interface Row {
  revision: number
  settings: LayerValues
  at: string
  by: { id: string | null; name: string }
  note: string | null
}

/** The newest first. @param revision only this one */
async function readRows(tx: Transaction, limit: number, revision?: number): Promise<Row[]> {
  const rows = await tx<Row[]>`
    select revision, settings, note, json_build_object('id', by_id, 'name', by_name) as by,
      to_char(written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from organisation_defaults where ${revision === undefined ? tx`true` : tx`revision = ${revision}`}
    order by revision desc limit ${limit}`
  return rows.map((row) => ({ ...row, settings: readValues(row.settings) }))
}
