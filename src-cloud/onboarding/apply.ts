import type { Answers, HoursAnswer, Right, StepKey } from '../../src-shared/onboarding/answers.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { exampleName, strayNames } from '../../src-shared/domain/naming.ts'
import { changedLayer, valuesOf } from '../../src-shared/settings/layers.ts'
import { matrixProblems } from '../../src-shared/settings/matrix-coherence.ts'
import type { LayerCalendar, LayerValues } from '../../src-shared/settings/settings.ts'
import type { Transaction } from '../database/connect.ts'
import { unknownPlace } from '../holidays.ts'
import { mustFit, takeOver, viewSettings } from '../settings/client.ts'
import {
  publishConfiguration,
  readDefaults,
  readFacts,
  readLayers,
  resolved,
  storeRevision,
  type ClientLayers,
  type TemplateLayer,
} from '../settings/store.ts'
import type { TemplateShelf } from '../templates/templates.ts'
import { mustBeFree, wholeIdentity } from './identity.ts'
import type { OnboardingRecord } from './record.ts'

/** What a step acts with: a transaction, at first in the organisation's scope. */
export interface StepContext {
  tx: Transaction
  organisation: string
  record: OnboardingRecord
  shelf: TemplateShelf
}

/** Does a step, once more where it was done before, and tells in sentences what came of it. */
type Apply<K extends StepKey> = (context: StepContext, answer: NonNullable<Answers[K]>) => Promise<string[]>

/** The steps that one transaction does. Verification is more than that. */
export const applySteps: { [K in Exclude<StepKey, 'verify'>]: Apply<K> } = {
  identity: async (context, answer) => {
    const { tx, organisation, record } = context
    await tx`select bulkhead.own_tenants()`
    const identity = wholeIdentity(answer, record.tenantId)
    await mustBeFree(tx, identity, record.tenantId, record.id)
    const lists = JSON.stringify({ domains: identity.domains, aliases: identity.aliases })
    const values = tx`
      ${identity.name}, ${identity.shortName}, array(select json_array_elements_text(g.lists -> 'domains')),
      array(select json_array_elements_text(g.lists -> 'aliases')), ${identity.industry}, ${identity.colour}, ${identity.timeZone},
      ${identity.country ?? null}::text, ${identity.language ?? null}::text, ${identity.size ?? null}::integer, ${identity.logo ?? null}::text`
    const names = tx`name, short_name, domains, aliases, industry, colour, time_zone, country, language, size, logo`
    await tx`
      insert into tenant (id, organisation_id, onboarding, ${names})
      select ${record.tenantId}, ${organisation}, true, ${values} from (select ${lists}::text::json as lists) g
      on conflict (id) do update set (${names}) = (select ${values} from (select ${lists}::text::json as lists) g)`
    await inTenant(tx, record)
    await tx`
      insert into tenant_feed (tenant_id, organisation_id) values (${record.tenantId}, ${organisation}) on conflict do nothing`
    await tx`insert into ticket_number (tenant_id) values (${record.tenantId}) on conflict do nothing`
    // Whoever onboards may everything until it is said who may what.
    const [known] = await tx`select from tenant_technician`
    if (!known) await givePeople(context, new Map([[record.startedById, ['see', 'act', 'reveal']]]))
    const layers = await layersOrNone(tx)
    await store(tx, layers, layers.settings, record)
    return [
      `${identity.name} is there, in ${identity.timeZone}${identity.domains.length > 0 ? `, with ${identity.domains.join(', ')}` : ''}.`,
    ]
  },

  start: async ({ tx, record, shelf, organisation }, answer) => {
    const begin = await beginning(tx, organisation, shelf, record, answer)
    await inTenant(tx, record)
    const layers = await layersOrNone(tx)
    await store(tx, { ...layers, template: begin.template }, layers.settings, record)
    return [begin.note]
  },

  hours: async ({ tx, record, organisation }, answer) => {
    const technicians = answer.onCall ? await technicianIds(tx, answer.onCall.technicians) : []
    await useOrganisation(tx, organisation)
    const [{ country } = { country: null }] = await tx<{ country: string | null }[]>`
      select country from tenant where id = ${record.tenantId}`
    await inTenant(tx, record)
    const layers = await layersOrNone(tx)
    const inherited = valuesOf(resolved((await readDefaults(tx)).settings, { template: layers.template, settings: {} }))
    const set = hoursSettings(answer, inherited.calendars, country, technicians)
    await store(
      tx,
      layers,
      changedLayer(layers.settings, { set, revert: ['calendars', 'holidays', 'ownDays', 'onCall'] }),
      record,
    )
    const { proof } = await viewSettings(tx)
    const onCall = answer.onCall ? [] : ['Nobody is on call: escalations to whoever is on call reach nobody.']
    return [proof ?? 'Nothing is promised for the most urgent tickets.', ...onCall]
  },

  service: async ({ tx, record }, { existingNames = {}, ...answer }) => {
    await inTenant(tx, record)
    const layers = await layersOrNone(tx)
    const keys = [
      'statuses',
      'priorities',
      'priorityMatrix',
      'types',
      'queues',
      'customFields',
      'targets',
      'atRiskPercent',
      'escalations',
      'naming',
    ] as const
    const own = changedLayer(layers.settings, { set: present(answer), revert: [...keys] })
    // The matrix of a template is one of its own fields and priorities: who has others has none before they say so.
    const whole = valuesOf(resolved((await readDefaults(tx)).settings, { ...layers, settings: own }))
    const without = answer.priorityMatrix === undefined && matrixProblems(whole).length > 0
    await store(tx, layers, without ? { ...own, priorityMatrix: null } : own, record)
    const { settings, proof } = await viewSettings(tx)
    const { shortName } = await readFacts(tx)
    const examples = settings.naming.value.map(({ label, pattern }) => `${label}: ${exampleName(pattern, shortName)}`)
    const strays = settings.naming.value.flatMap((convention) => {
      const found = strayNames(existingNames[convention.key] ?? [], convention, shortName)
      const more = found.length > 10 ? ` and ${found.length - 10} more` : ''
      return found.length === 0
        ? []
        : [
            `${convention.label}: ${found.slice(0, 10).join(', ')}${more} ${found.length === 1 ? 'does' : 'do'} not follow ${convention.pattern}.`,
          ]
    })
    const byHand = without
      ? ['Priorities are set by hand: the matrix of the template does not fit these fields and priorities.']
      : []
    return [...(proof ? [proof] : []), ...byHand, ...examples, ...strays]
  },

  inheritance: async ({ tx, record }, { set, revert }) => {
    await inTenant(tx, record)
    const layers = await layersOrNone(tx)
    await store(tx, layers, changedLayer(layers.settings, { set, revert }), record)
    const { settings } = await viewSettings(tx)
    const own = Object.entries(settings)
      .filter(([, { origin }]) => origin === 'client')
      .map(([key]) => key)
    const rest = Object.keys(settings).length - own.length
    return [
      `${rest} settings are inherited; ${own.length === 0 ? 'none is' : `${own.join(', ')} ${own.length === 1 ? 'is' : 'are'}`} the client’s own.`,
    ]
  },

  people: async (context, { people }) => {
    const { tx } = context
    const rights = new Map<string, Right[]>()
    const ids = await technicianIds(
      tx,
      people.map(({ technician }) => technician),
    )
    for (const [i, { may }] of people.entries()) rights.set(ids[i] ?? '', [...new Set(may)])
    if (![...rights.values()].some((may) => may.includes('act')))
      throw new ProblemError('invalid-input', {
        reason: 'Nobody could work for this client. Let at least one person see and act.',
      })
    await givePeople(context, rights)
    const some = (right: Right) => {
      const count = [...rights.values()].filter((may) => may.includes(right)).length
      return `${count} ${right}${count === 1 ? 's' : ''}`
    }
    return [`${some('see')} this client, ${some('act')}, ${some('reveal')} secrets. Nobody else sees anything.`]
  },

  connect: async (_context, { connections }) => {
    if (connections.length === 0) return ['Nothing is connected. Credentials can be kept at any time.']
    const accepted = connections.filter(({ tried }) => tried?.state === 'accepted').length
    const how = connections.length === 1 ? '1 connection' : `${connections.length} connections`
    return [
      `${how}, ${accepted === connections.length ? 'accepted' : `${accepted} accepted`}.`,
      ...connections.map(({ name, tried }) => `${name}: ${tried?.sentence ?? 'Not tried out.'}`),
    ]
  },

  live: async ({ tx, record, organisation }) => {
    await useOrganisation(tx, organisation)
    await tx`update tenant set onboarding = false where id = ${record.tenantId}`
    return [`Live since ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`]
  },
}

export async function useOrganisation(tx: Transaction, organisation: string): Promise<void> {
  await tx`select bulkhead.use_organisation(${organisation})`
}

async function inTenant(tx: Transaction, { tenantId }: Pick<OnboardingRecord, 'tenantId'>): Promise<void> {
  await tx`select bulkhead.use_tenant(${tenantId})`
}

/** A tenant that is made now has no layers yet. */
async function layersOrNone(tx: Transaction): Promise<ClientLayers> {
  await tx`select bulkhead.own_settings()`
  const [row] = await tx`select from configuration_revision limit 1`
  return row ? readLayers(tx) : { revision: 0, template: null, settings: {} }
}

/** Stores the client's layers where they differ, and publishes what compartments get. */
async function store(
  tx: Transaction,
  layers: ClientLayers,
  settings: LayerValues,
  record: OnboardingRecord,
): Promise<void> {
  const author = { id: record.startedById, name: record.changedBy, note: 'Onboarding' }
  const after = { ...layers, settings }
  if (layers.revision > 0) await takeOver(tx, await layersOrNone(tx), after, author, false)
  else {
    mustFit((await readDefaults(tx)).settings, after, null)
    await storeRevision(tx, { ...after, revision: 1 }, author)
  }
  await publishConfiguration(tx)
}

interface Beginning {
  template: TemplateLayer | null
  note: string
}

async function beginning(
  tx: Transaction,
  organisation: string,
  { templates }: TemplateShelf,
  record: OnboardingRecord,
  answer: NonNullable<Answers['start']>,
): Promise<Beginning> {
  if (answer.from === 'empty') return { template: null, note: 'It begins with what the organisation gives.' }
  if (answer.from === 'template') {
    const found = templates.find(({ key }) => key === answer.template)
    if (!found) {
      const known = templates.map(({ key }) => key).join(', ')
      throw new ProblemError('invalid-input', {
        reason: `There is no template "${answer.template}". Choose one of ${known}.`,
      })
    }
    const { key, name, settings } = found
    return { template: { key, name, settings }, note: `It begins with the template ${name}.` }
  }
  const source = await sourceOf(tx, record, answer.client)
  await tx`select bulkhead.use_tenant(${source.id})`
  const { template, settings } = await readLayers(tx)
  await useOrganisation(tx, organisation)
  const values = movable({ ...template?.settings, ...settings }, source.timeZone)
  return {
    // Below the client's own: what it changes can be reverted to what it began with.
    template: { key: `client-${source.id}`, name: `As ${source.name}`, settings: values },
    note: `It begins with the configuration of ${source.name}; its secrets, contacts and tickets stay there.`,
  }
}

/** Only a client that whoever onboards works for can be cloned. */
async function sourceOf(
  tx: Transaction,
  { tenantId, startedById }: OnboardingRecord,
  client: string,
): Promise<{ id: string; name: string; timeZone: string }> {
  const found = await tx<{ id: string; name: string; timeZone: string }[]>`
    select t.id, t.name, t.time_zone as "timeZone" from tenant t
    join tenant_technician w on w.tenant_id = t.id and w.id = ${startedById} and not w.deleted
    where t.id <> ${tenantId} and not t.onboarding and (t.id::text = ${client} or lower(t.name) = lower(${client}))`
  const [only] = found
  if (found.length === 1 && only) return only
  const reason =
    found.length === 0
      ? `You work for no live client "${client}". Choose one that you work for, or a template.`
      : `Several clients are called "${client}". Name it by its id.`
  throw new ProblemError('invalid-input', { reason })
}

/** A clone is in its own place: what was written out for the source's place stands for the new client's. */
function movable({ holidays: _place, onCall: _people, ...settings }: LayerValues, timeZone: string): LayerValues {
  const { calendars } = settings
  if (!calendars) return settings
  return {
    ...settings,
    calendars: calendars.map((one) => (one.timeZone === timeZone ? { ...one, timeZone: 'client' } : one)),
  }
}

function hoursSettings(
  answer: HoursAnswer,
  inherited: LayerCalendar[],
  country: string | null,
  technicians: string[],
): LayerValues {
  const { hours, ownDays, onCall } = answer
  const place = country && unknownPlace({ country }) === null ? { country } : undefined
  const holidays = answer.holidays === undefined ? place : answer.holidays
  const [first, ...others] = inherited
  const from = onCall?.from ?? new Date().toISOString().slice(0, 10)
  return present({
    holidays,
    ownDays,
    calendars: hours && first ? [{ ...first, hours }, ...others] : undefined,
    onCall: onCall && [
      {
        ...{ key: 'duty', label: 'On duty', timeZone: 'client' as const, overrides: [] },
        layers: [{ from, handover: onCall.handover, days: onCall.days, technicians }],
      },
    ],
  })
}

function present(values: { [K in keyof LayerValues]: LayerValues[K] | undefined }): LayerValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as LayerValues
}

/** Ids of technicians that were named by email or id, in their order. @throws ProblemError `invalid-input` */
export async function technicianIds(tx: Transaction, named: readonly string[]): Promise<string[]> {
  const rows = await tx<{ id: string; email: string }[]>`select id, email from technician`
  return named.map((one) => {
    const found = rows.find(({ id, email }) => id === one.toLowerCase() || email === one.toLowerCase())
    if (found) return found.id
    throw new ProblemError('invalid-input', {
      reason: `No technician of your organisation is "${one}". Give the email of one.`,
    })
  })
}

/** Says who may what. Nobody else sees the tenant any more. Leaves the transaction in the tenant's scope. */
async function givePeople(
  { tx, organisation, record }: StepContext,
  rights: ReadonlyMap<string, Right[]>,
): Promise<void> {
  await useOrganisation(tx, organisation)
  const technicians = await tx<{ id: string; name: string; email: string }[]>`select id, name, email from technician`
  const given = technicians.flatMap(({ id, name, email }) => {
    const may = rights.get(id) ?? []
    return may.length > 0 ? [{ id, may, data: { id, name, email, may } }] : []
  })
  await inTenant(tx, record)
  await tx`
    update tenant_technician set deleted = true, version = null
    where not deleted and id not in (select g.id from json_to_recordset(${JSON.stringify(given)}::text::json) g(id uuid))`
  await tx`
    insert into tenant_technician (tenant_id, organisation_id, id, may, data)
    select bulkhead.current_tenant(), ${organisation}, g.id, array(select json_array_elements_text(g.may)), g.data
    from json_to_recordset(${JSON.stringify(given)}::text::json) g(id uuid, may json, data json)
    on conflict (tenant_id, id) do update set may = excluded.may, data = excluded.data, deleted = false, version = null
      where tenant_technician.deleted or tenant_technician.may <> excluded.may`
  await tx`select bulkhead.publish()`
}
