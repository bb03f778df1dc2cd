import { choosable, Configuration } from '../../src-shared/domain/configuration.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { proofOf } from '../../src-shared/settings/proof.ts'
import type { BusinessCalendar, ServiceTarget } from '../../src-shared/sla/schema.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { logoPicture } from './logo-picture.ts'
import { Page, QUIET } from './page.ts'
import { readRecord } from './record.ts'

/** What the page says. */
export interface Summary {
  organisation: string
  client: string
  /** #rrggbb */
  colour: string
  /** A data URL. */
  logo: string | null
  liveSince: string
  note: string | null
  signedBy: string
  configuration: Configuration
  people: string[]
  checks: { passed: number; of: number }
}

/**
 * What was agreed with a client that is live.
 * @throws ProblemError `not-found`; `step-not-ready` before it is live
 */
export async function readSummary(api: Sql, organisation: string, id: string): Promise<Summary> {
  const { record, name, tenant } = await asOrganisation(api, organisation, async (tx) => {
    const [row] = await tx<{ name: string }[]>`select name from organisation`
    const found = await readRecord(tx, id)
    const [its] = await tx<{ name: string; colour: string; logo: string | null }[]>`
      select name, colour, logo from tenant where id = ${found.tenantId}`
    return { record: found, name: row?.name ?? '', tenant: its }
  })
  if (record.state !== 'live' || !record.endedAt)
    throw new ProblemError('step-not-ready', { reason: 'The summary is written when the client is live.' })
  const { configuration, people } = await asTenant(api, record.tenantId, async (tx) => {
    const [row] = await tx<{ data: unknown }[]>`select data from configuration`
    const rows = await tx<{ name: string }[]>`
      select data ->> 'name' as name from tenant_technician where not deleted and 'act' = any(may) order by 1`
    return { configuration: Configuration.parse(row?.data), people: rows.map((one) => one.name) }
  })
  // What only a console could look at, and none did, was not checked.
  const checks = (record.steps.verify.checks ?? []).filter(({ where, at }) => where !== 'console' || at !== undefined)
  return {
    organisation: name,
    client: tenant?.name ?? record.name,
    colour: tenant?.colour ?? '#1971c2',
    logo: tenant?.logo ?? null,
    liveSince: record.endedAt,
    note: record.answers.live?.note ?? null,
    signedBy: record.changedBy,
    configuration,
    people,
    checks: { passed: checks.filter(({ state }) => state === 'passed').length, of: checks.length },
  }
}

/** Sizes of letters, in points. */
const [BODY, SMALL] = [10, 9]
/** How the promises share the width: for what, the first answer, the end. */
const SHARES = [0.42, 0.32, 0.26]

/** One page of A4 for the client. */
export async function summaryPdf(summary: Summary): Promise<Buffer> {
  const { organisation, client, configuration, people, checks, note } = summary
  const page = new Page(`${client}: how we work for you`, summary.colour)
  page.head(logoPicture(summary.logo), () => {
    page.text(organisation, BODY, { colour: QUIET, most: 1 })
    page.text(client, client.length > 40 ? 16 : 23, { face: 'bold', most: 3 })
    page.text(`How we work for you since ${dayOf(summary.liveSince)}.`, BODY, { colour: QUIET })
  })
  page.space(12)
  page.rule()
  const { calendars = [], targets = [] } = configuration.sla ?? {}
  page.section('When we are there', () => {
    if (calendars.length === 0) page.text('No hours were agreed.', BODY)
    for (const [index, calendar] of calendars.slice(0, 3).entries()) {
      if (index > 0) page.space(5)
      page.text(`${calendar.label}: ${hoursOf(calendar)} (${calendar.timeZone})`, BODY)
      const next = calendar.holidays.filter(({ date }) => date >= summary.liveSince.slice(0, 10)).slice(0, 4)
      if (next.length > 0)
        page.text(`Next days off: ${next.map(({ date, name }) => `${dayOf(date)} (${name})`).join(', ')}.`, SMALL, {
          colour: QUIET,
        })
    }
  })
  page.section('What we promise', () => {
    if (targets.length === 0) return page.text('No times were agreed.', BODY)
    page.row(['For', 'First answer within', 'Solved within'], SHARES, SMALL, QUIET)
    for (const target of targets.slice(0, 8)) page.row(promiseOf(target, configuration), SHARES, BODY)
    const proof = proofOf(configuration, Date.parse(summary.liveSince))
    page.space(4)
    page.text(`Of working time.${proof ? ` For example: ${proof.sentence}` : ''}`, SMALL, { colour: QUIET })
  })
  page.section('Who works for you', () => page.text(people.join(', ') || 'Your service desk', BODY, { most: 4 }))
  page.section('How your tickets move', () =>
    page.text(
      choosable(configuration.statuses)
        .map(({ label }) => label)
        .join(' · '),
      BODY,
    ),
  )
  page.section('How it was checked', () =>
    page.text(
      checks.of === 0
        ? 'The checks were left out.'
        : `${checks.passed} of ${checks.of} checks passed before your first day, with a test ticket that went in and came back.`,
      BODY,
    ),
  )
  if (note) page.section('Signed off', () => page.text(note, BODY, { most: 4 }))
  const lacks =
    page.lacking > 0 ? `${page.lacking} letters of scripts that this page cannot show stand as empty boxes. ` : ''
  const dropped = page.dropped > 0 ? 'More was agreed than fits on one page; ask for the whole. ' : ''
  return page.end([`Signed off by ${summary.signedBy} on ${dayOf(summary.liveSince)}. ${lacks}${dropped}`])
}

/** For what it is, the first answer, the end. */
function promiseOf(
  { priorities, types, firstResponse, resolution }: ServiceTarget,
  configuration: Configuration,
): string[] {
  const labels = (keys: string[] | undefined, list: { key: string; label: string }[]) =>
    keys?.map((key) => list.find((one) => one.key === key)?.label ?? key).join(', ')
  const what = [labels(priorities, configuration.priorities), labels(types, configuration.types)]
    .filter(Boolean)
    .join(', ')
  const length = (minutes: number | undefined): string => (minutes === undefined ? '–' : lengthOf(minutes))
  return [what || 'All tickets', length(firstResponse), length(resolution)]
}

function lengthOf(minutes: number): string {
  if (minutes % 60 !== 0 || minutes < 60) return `${minutes} minutes`
  return minutes === 60 ? 'an hour' : `${minutes / 60} hours`
}

function hoursOf({ hours }: BusinessCalendar): string {
  if (hours === '24x7') return 'at any hour of every day'
  // Days that follow each other and have the same hours are told as one.
  const runs: { first: string; last: string; spans: string }[] = []
  let before = ''
  for (const [day, given] of Object.entries(hours)) {
    const short = `${day.slice(0, 1).toUpperCase()}${day.slice(1, 3)}`
    const spans = given.map(({ from, to }) => `${from}–${to}`).join(' and ')
    const run = runs.at(-1)
    if (run && spans !== '' && spans === before) run.last = short
    else if (spans !== '') runs.push({ first: short, last: short, spans })
    before = spans
  }
  return runs.map(({ first, last, spans }) => `${first === last ? first : `${first}–${last}`} ${spans}`).join(', ')
}

function dayOf(date: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(date))
}
