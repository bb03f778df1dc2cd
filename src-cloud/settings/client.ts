import { ProblemError } from '../../src-shared/problem.ts'
import type {
  TakenChange,
  SettingsChanged,
  SettingsHistory,
  TakenRestore,
  SettingsView,
} from '../../src-shared/protocol/settings.ts'
import { incoherences } from '../../src-shared/settings/coherence.ts'
import { changedLayer, differenceOf, sameValue, valuesOf } from '../../src-shared/settings/layers.ts'
import { proofOf } from '../../src-shared/settings/proof.ts'
import type { HolidayPlace, LayerValues } from '../../src-shared/settings/settings.ts'
import type { Transaction } from '../database/connect.ts'
import { unknownPlace } from '../holidays.ts'
import { HISTORY, historyOf, settingsChanged } from './history.ts'
import {
  madeConfiguration,
  publishConfiguration,
  readDefaults,
  readFacts,
  readLayers,
  readRevisions,
  resolved,
  storeRevision,
  type ClientLayers,
  type RevisionAuthor,
} from './store.ts'

/** A tenant's settings with the origin of each, in its own scope. */
export async function viewSettings(tx: Transaction): Promise<SettingsView> {
  const [defaults, layers, { timeZone }] = [await readDefaults(tx), await readLayers(tx), await readFacts(tx)]
  const settings = resolved(defaults.settings, layers)
  return {
    revision: layers.revision,
    template: named(layers),
    settings,
    proof: proof(layers, defaults.settings, timeZone),
  }
}

/**
 * Changes a tenant's own layer: a new revision, and the configuration for its compartments.
 * @throws ProblemError `settings-changed`, `settings-incoherent`
 */
export async function changeSettings(
  tx: Transaction,
  technician: string,
  { revision, set, revert, note, dryRun }: TakenChange,
): Promise<SettingsChanged> {
  await tx`select bulkhead.own_settings()`
  const layers = await readLayers(tx)
  await mustBeNewest(tx, revision, layers.revision)
  const settings = changedLayer(layers.settings, { set, revert })
  return takeOver(tx, layers, { ...layers, settings }, { ...(await authorOf(tx, technician)), note }, dryRun)
}

/**
 * Gives a tenant the state of an older revision again, as a new one.
 * @throws ProblemError `not-found`, `settings-changed`, `settings-incoherent`
 */
export async function restoreSettings(
  tx: Transaction,
  technician: string,
  { revision, to, note, dryRun }: TakenRestore,
): Promise<SettingsChanged> {
  await tx`select bulkhead.own_settings()`
  const layers = await readLayers(tx)
  await mustBeNewest(tx, revision, layers.revision)
  const [old] = await readRevisions(tx, 1, to)
  if (!old) throw new ProblemError('not-found', { what: `Revision ${to} of these settings` })
  const author = { ...(await authorOf(tx, technician)), note: note ?? `Revision ${to} again` }
  return takeOver(tx, layers, { ...layers, template: old.template, settings: old.settings }, author, dryRun)
}

/** Who changed a tenant's settings, when and what. */
export async function settingsHistory(tx: Transaction): Promise<SettingsHistory> {
  const revisions = await readRevisions(tx, HISTORY + 1)
  return historyOf(revisions.map((revision) => ({ ...revision, template: named(revision) })))
}

/** Stores what differs and publishes it. A tenant from before there were layers gets its first state as a revision too. */
export async function takeOver(
  tx: Transaction,
  before: ClientLayers,
  after: ClientLayers,
  author: RevisionAuthor,
  dryRun: boolean,
): Promise<SettingsChanged> {
  const changes = differenceOf(before.settings, after.settings)
  const [defaults, { timeZone }] = [await readDefaults(tx), await readFacts(tx)]
  mustFit(defaults.settings, after, { defaults: defaults.settings, layers: before })
  const now = new Date()
  const configuration = madeConfiguration(resolved(defaults.settings, after), timeZone, now)
  const told = proofOf(configuration, now.getTime())?.sentence ?? null
  const sameTemplate = sameValue(before.template, after.template)
  if (dryRun) return { revision: before.revision, changes, proof: told, configuration }
  if (changes.length === 0 && sameTemplate) return { revision: before.revision, changes, proof: told }
  let { revision } = before
  if (revision === 0)
    await storeRevision(
      tx,
      { ...before, revision: ++revision },
      { id: null, name: 'Bulkhead', note: 'As it was before' },
    )
  await storeRevision(tx, { ...after, revision: ++revision }, author)
  await publishConfiguration(tx)
  return { revision, changes, proof: told }
}

type Layers = Pick<ClientLayers, 'template' | 'settings'>

/**
 * @param before what they replace; null for nothing
 * @throws ProblemError `settings-incoherent` with the first thing that does not fit
 */
export function mustFit(
  defaults: LayerValues,
  layers: Layers,
  before: { defaults: LayerValues; layers: Layers } | null,
): void {
  const settings = valuesOf(resolved(defaults, layers))
  const was = before && valuesOf(resolved(before.defaults, before.layers))
  const [reason] = [...(settings.holidays ? placeProblem(settings.holidays) : []), ...incoherences(settings, was)]
  if (reason) throw new ProblemError('settings-incoherent', { reason })
}

function placeProblem(place: HolidayPlace): string[] {
  const reason = unknownPlace(place)
  return reason ? [reason] : []
}

/** The name of a technician of this tenant, to sign with. */
export async function authorOf(tx: Transaction, technician: string): Promise<RevisionAuthor & { id: string }> {
  const [row] = await tx<
    { name: string }[]
  >`select data ->> 'name' as name from tenant_technician where id = ${technician}`
  return { id: technician, name: row?.name ?? 'Somebody' }
}

async function mustBeNewest(tx: Transaction, seen: number, newest: number): Promise<void> {
  if (seen === newest) return
  const [last] = await readRevisions(tx, 1)
  throw settingsChanged(last)
}

function named({ template }: Pick<ClientLayers, 'template'>): { key: string; name: string } | null {
  return template && { key: template.key, name: template.name }
}

function proof(
  layers: Pick<ClientLayers, 'template' | 'settings'>,
  defaults: LayerValues,
  timeZone: string,
): string | null {
  const now = new Date()
  return proofOf(madeConfiguration(resolved(defaults, layers), timeZone, now), now.getTime())?.sentence ?? null
}
