import type { CustomField, StatusCategory } from '../../src-shared/domain/configuration.ts'
import type { Tenant } from '../../src-shared/domain/tenant.ts'
import type { FieldValue } from '../../src-shared/domain/ticket.ts'
import type { Random } from './random.ts'
import type { Kind, Team, Topic } from './topics/topic.ts'

/** A status in the client's own words, and whom the desk waits for while a ticket is in it. */
export interface StatusWords {
  label: string
  category: StatusCategory
  stopsClock: boolean
  waitsFor: 'vendor' | 'requester' | 'nobody'
  /** How often, beside the others of its category. */
  weight: number
}

/** A custom field and what tickets hold in it. */
export interface FieldSketch {
  field: CustomField
  /** Share of tickets that have a value; none with 0, and then it draws nothing that others would have drawn. */
  chance: number
  /** Only on these kinds; absent for all. */
  on?: Kind[]
  value: (given: { random: Random; fill: (template: string) => string; createdAt: number }) => FieldValue
}

/** A ticket that is there for what it shows, not drawn. It takes the place of the drawn one. */
export interface Special {
  /** How many tickets are newer. */
  fromEnd: number
  subject?: string
  description?: string
  /** A status label; one that the client's configuration does not know is kept as it is. */
  status?: string
  noRequester?: boolean
  customFields?: Record<string, FieldValue>
  /** Builds a thread of so many entries. */
  thread?: number
}

/** One client as a sketch, from which contacts, configuration and tickets are drawn. */
export interface Profile {
  slug: string
  tenant: Omit<Tenant, 'id' | 'head'>
  /** Tickets. */
  size: number
  /** Share of tickets that still need work. */
  openShare: number
  /** About how much is said per ticket; 1 is usual. */
  talk: number
  contacts: number
  vips: number
  locale: 'en' | 'de' | 'nl' | 'pt_BR' | 'en_IN' | 'en_ZA'
  /** `#` is a digit. */
  phone: string
  roundTheClock: boolean
  sites: string[]
  rooms: string[]
  jobs: string[]
  /** Start of device names. */
  prefix: string
  servers: string[]
  /** Line-of-business applications, and who makes them. */
  lob: string[]
  lobVendor: string
  isp: string
  vendors: string[]
  folders: string[]
  mailboxes: string[]
  documents: string[]
  currency: string
  statuses: StatusWords[]
  /** Most urgent first. */
  priorities: string[]
  /** Hours until due by priority; null where no target is agreed. */
  targets: (number | null)[]
  types: Record<Kind, string>
  queues: Record<Team, string>
  fields: FieldSketch[]
  /** Priorities that follow: the fields with their options, and places in `priorities` by impact, then by urgency. */
  matrix?: {
    impact: [label: string, options: string[]]
    urgency: [label: string, options: string[]]
    places: number[][]
  }
  topics: Topic[]
  atRiskMinutes: number
  /** Places in the list of technicians, those who come most often first. */
  team: number[]
  specials?: Special[]
}

/** A key for a label: lower case, words joined by hyphens. */
export function keyOf(label: string): string {
  return label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}

/** A status that new tickets have. */
export function fresh(label: string): StatusWords {
  return { label, category: 'new', stopsClock: false, waitsFor: 'nobody', weight: 1 }
}

/** A status of tickets at work. */
export function working(label: string, weight = 1): StatusWords {
  return { label, category: 'open', stopsClock: false, waitsFor: 'nobody', weight }
}

/** A status of tickets that wait; the clock stands unless told. */
export function waiting(label: string, waitsFor: StatusWords['waitsFor'], stopsClock = true): StatusWords {
  return { label, category: 'waiting', stopsClock, waitsFor, weight: waitsFor === 'nobody' ? 0.5 : 1 }
}

/** A status of tickets that are solved, or done with. */
export function over(label: string, category: 'resolved' | 'closed', weight = 1): StatusWords {
  return { label, category, stopsClock: true, waitsFor: 'nobody', weight }
}
