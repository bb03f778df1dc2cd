import { ServiceLevels, type Holiday, type Span, type WeeklyHours } from '../../src-shared/sla/schema.ts'
import type { HolidayPlace } from '../../src-shared/settings/settings.ts'
import { publicHolidays } from '../holidays.ts'
import { keyOf, type Profile } from './profile.ts'

/** What an agreement is made of: keys of the client's priorities in order, ids of its technicians, and public holidays. */
interface Terms {
  priorities: string[]
  types: Record<keyof Profile['types'], string>
  crew: string[]
  timeZone: string
  /** The first of this year's months. */
  from: string
  holidays: (place: HolidayPlace) => Holiday[]
  ownDay: (monthAndDay: string, name: string, hours?: Span[]) => Holiday[]
}

const span = (from: string, to: string): Span => ({ from, to })
const weekdays = (...hours: Span[]): WeeklyHours => ({
  ...{ monday: hours, tuesday: hours, wednesday: hours },
  ...{ thursday: hours, friday: hours },
})

/** Clients that were promised something, each something else. With the others a ticket is due when somebody said so. */
const agreements: Record<string, (terms: Terms) => object> = {
  // A law firm: long days, all priorities, everything escalates.
  'harbor-pine': ({ priorities: [p1, p2, p3, p4], timeZone, crew, from, holidays, ownDay }) => ({
    calendars: [
      {
        ...{ key: 'office', label: 'Office', timeZone, hours: weekdays(span('07:30', '19:00')) },
        holidays: [
          ...holidays({ country: 'US', state: 'ny' }),
          ...ownDay('12-24', 'Christmas Eve', [span('07:30', '12:00')]),
        ],
      },
      { key: 'always', label: 'Round the clock', timeZone, hours: '24x7' },
    ],
    targets: [
      { priorities: [p1], calendar: 'always', firstResponse: 30, resolution: 240 },
      { priorities: [p2], calendar: 'office', firstResponse: 60, resolution: 690 },
      { priorities: [p3], calendar: 'office', firstResponse: 240, resolution: 2070 },
      { priorities: [p4], calendar: 'office', resolution: 6900 },
    ],
    atRiskPercent: 80,
    escalations: [
      {
        key: 'half',
        label: 'Half of the time is gone',
        when: { on: 'target', target: 'resolution', percent: 50 },
        priorities: [p1],
        actions: [{ do: 'notify', assignee: true }],
      },
      {
        key: 'close',
        label: 'Three quarters are gone',
        when: { on: 'target', target: 'resolution', percent: 75 },
        priorities: [p1, p2],
        actions: [{ do: 'notify', onCall: 'duty', assignee: true }],
      },
      {
        key: 'late',
        label: 'Past its time',
        when: { on: 'target', target: 'resolution', percent: 150 },
        actions: [{ do: 'raise-priority' }, { do: 'notify', onCall: 'duty' }],
      },
      {
        key: 'untaken',
        label: 'Nobody took it',
        when: { on: 'unassigned', minutes: 45 },
        priorities: [p1, p2],
        actions: [{ do: 'assign', onCall: 'duty' }],
      },
    ],
    onCall: [{ key: 'duty', label: 'Duty', timeZone, layers: [{ from, handover: '08:00', technicians: crew }] }],
  }),
  // An architects' office: lunch at one, Friday short, half days before Christmas and the new year.
  voss: ({ priorities: [high, ...others], types, timeZone, holidays, ownDay }) => ({
    calendars: [
      {
        ...{ key: 'buero', label: 'Bürozeit', timeZone },
        hours: { ...weekdays(span('08:30', '13:00'), span('14:00', '18:00')), friday: [span('08:30', '15:00')] },
        holidays: [
          ...holidays({ country: 'DE', state: 'be' }),
          ...ownDay('12-24', 'Heiligabend', [span('08:30', '12:00')]),
          ...ownDay('12-31', 'Silvester', [span('08:30', '12:00')]),
        ],
      },
    ],
    targets: [
      { types: [types.request], calendar: 'buero', resolution: 4800 },
      { priorities: [high], calendar: 'buero', firstResponse: 60, resolution: 480 },
      { priorities: others, calendar: 'buero', firstResponse: 480, resolution: 2400 },
    ],
  }),
  // Offices in India: a first reply is all that is promised below the top.
  'fennick-rao': ({ priorities: [p1, p2, p3, ...others], timeZone, crew, from, holidays }) => ({
    calendars: [
      {
        ...{ key: 'extended', label: 'Extended hours', timeZone, holidays: holidays({ country: 'IN', state: 'KA' }) },
        hours: { ...weekdays(span('08:00', '20:30')), saturday: [span('09:30', '14:00')] },
      },
    ],
    targets: [
      { priorities: [p1], calendar: 'extended', firstResponse: 15, resolution: 180 },
      { priorities: [p2, p3], calendar: 'extended', firstResponse: 60, resolution: 1500 },
      { priorities: others, calendar: 'extended', firstResponse: 480 },
    ],
    atRiskPercent: 66,
    escalations: [
      {
        key: 'again',
        label: 'Came back',
        when: { on: 'reopened' },
        actions: [
          { do: 'raise-priority' },
          { do: 'note', text: 'Please find out why it came back before it is closed again.' },
        ],
      },
      {
        key: 'passed',
        label: 'Passed around',
        when: { on: 'reassigned', times: 3 },
        actions: [{ do: 'assign', onCall: 'lead' }],
      },
    ],
    onCall: [
      { key: 'lead', label: 'Lead', timeZone, layers: [{ from, handover: '08:00', days: 14, technicians: crew }] },
    ],
  }),
  // A factory: three shifts for the line, a night layer over the day's, no holidays for severity 1.
  orrery: ({ priorities: [sev1, sev2, sev3], timeZone, crew, from, holidays }) => ({
    calendars: [
      { key: 'line', label: 'The line', timeZone, hours: '24x7' },
      {
        ...{
          key: 'shifts',
          label: 'Two shifts',
          timeZone,
          hours: weekdays(span('06:00', '14:00'), span('14:00', '22:00')),
        },
        holidays: holidays({ country: 'SG' }),
      },
    ],
    targets: [
      { priorities: [sev1], calendar: 'line', firstResponse: 15, resolution: 120 },
      { priorities: [sev2], calendar: 'shifts', firstResponse: 120, resolution: 960 },
      { priorities: [sev3], calendar: 'shifts', resolution: 5760 },
    ],
    escalations: [
      {
        key: 'line-stops',
        label: 'The line waits',
        when: { on: 'target', target: 'resolution', percent: 100 },
        priorities: [sev1],
        actions: [
          { do: 'assign', onCall: 'plant' },
          { do: 'notify', onCall: 'plant' },
        ],
      },
      { key: 'vip', label: 'The board asks', when: { on: 'vip' }, actions: [{ do: 'notify', onCall: 'plant' }] },
    ],
    onCall: [
      {
        ...{ key: 'plant', label: 'Plant', timeZone },
        layers: [
          { from, handover: '06:00', days: 1, technicians: crew },
          {
            ...{ from, handover: '22:00', days: 7, technicians: crew.toReversed() },
            hours: {
              ...weekdays(span('22:00', '06:00')),
              saturday: [span('00:00', '24:00')],
              sunday: [span('00:00', '24:00')],
            },
          },
        ],
      },
    ],
  }),
  // A brewery with taps that run at night.
  'kettle-crane': ({ priorities: [beer, today, week], timeZone, holidays }) => ({
    calendars: [
      {
        key: 'brewing',
        label: 'Brewing',
        timeZone,
        hours: { ...weekdays(span('05:00', '01:00')), saturday: [span('10:00', '02:00')] },
      },
      {
        key: 'bench',
        label: 'Office',
        timeZone,
        hours: weekdays(span('09:00', '17:00')),
        holidays: holidays({ country: 'IE' }),
      },
    ],
    targets: [
      { priorities: [beer], calendar: 'brewing', resolution: 120 },
      { priorities: [today], calendar: 'bench', firstResponse: 120, resolution: 480 },
      { priorities: [week], calendar: 'bench', resolution: 2400 },
    ],
  }),
  // Dentists: chairs are booked on Saturday mornings too.
  brightwater: ({ priorities: [chair, down, normal], timeZone, holidays }) => ({
    calendars: [
      {
        ...{ key: 'practice', label: 'Practice hours', timeZone, holidays: holidays({ country: 'AU', state: 'nsw' }) },
        hours: { ...weekdays(span('08:00', '12:30'), span('13:15', '18:00')), saturday: [span('08:30', '12:00')] },
      },
    ],
    targets: [
      { priorities: [chair], calendar: 'practice', firstResponse: 10, resolution: 60 },
      { priorities: [down], calendar: 'practice', firstResponse: 30, resolution: 240 },
      { priorities: [normal], calendar: 'practice', resolution: 1665 },
    ],
  }),
}

/**
 * What a client was promised, in its own words; undefined for one with which nothing is agreed.
 * @param crew ids of the technicians who work there most
 */
export function agreementOf(
  { slug, tenant, priorities, types }: Profile,
  crew: string[],
  now: Date,
): ServiceLevels | undefined {
  const year = now.getUTCFullYear()
  // From before the oldest ticket to a while ahead.
  const years = [-2, -1, 0, 1, 2].map((offset) => year + offset)
  const agreement = agreements[slug]?.({
    ...{ priorities: priorities.map(keyOf), crew, timeZone: tenant.timeZone, from: `${year - 1}-01-05` },
    types: Object.fromEntries(Object.entries(types).map(([kind, label]) => [kind, keyOf(label)])) as Terms['types'],
    holidays: (place) => publicHolidays(place, years),
    ownDay: (day, name, hours) => years.map((one) => ({ date: `${one}-${day}`, name, ...(hours ? { hours } : {}) })),
  })
  return agreement && ServiceLevels.parse(agreement)
}
