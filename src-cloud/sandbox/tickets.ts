import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Contact, Technician } from '../../src-shared/domain/people.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { authorOf, conversation, type Line } from './conversation.ts'
import { letter } from './letter.ts'
import { longThread } from './long-thread.ts'
import { matrixValues } from './matrix.ts'
import { Past } from './past.ts'
import { keyOf, type Profile, type Special, type StatusWords } from './profile.ts'
import { idOf, Random } from './random.ts'
import { related, type Drawn } from './relations.ts'
import { filler, type Scene } from './slots.ts'
import { openingTimes } from './timeline.ts'
import { caseOf, type Topic } from './topics/topic.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Minutes that a note of work tells. */
const WORKED = [5, 10, 10, 15, 15, 15, 20, 30, 30, 45, 60, 90]

/** The tickets of a client in order of opening, drawn anew on each iteration and the same every time. */
export function ticketsOf(
  profile: Profile,
  contacts: Contact[],
  technicians: Technician[],
  now: Date,
  configuration: Configuration,
): Iterable<{ ticket: Ticket; entries: Entry[] }> {
  // Where nothing is agreed tickets have no past, like those of before there was one.
  const past = configuration.sla ? new Past(configuration, now.getTime()) : null
  return { [Symbol.iterator]: () => related(profile.slug, drafts(profile, contacts, technicians, now, past)) }
}

function* drafts(
  profile: Profile,
  contacts: Contact[],
  technicians: Technician[],
  now: Date,
  past: Past | null,
): Generator<Drawn> {
  const opened = openingTimes(profile.size, now.getTime(), profile.tenant.timeZone, profile.roundTheClock)
  const crew = profile.team.flatMap((place) => technicians[place] ?? [])
  for (const [i, createdAt] of opened.entries())
    yield new Draft(profile, contacts, crew, i, createdAt, now.getTime()).done(past)
}

/** Draws one ticket. No draw depends on the time, so that ids and texts are the same on any day. */
class Draft {
  readonly #profile: Profile
  readonly #random: Random
  readonly #number: number
  readonly #fromEnd: number
  readonly #createdAt: number
  readonly #now: number
  readonly #special: Special | undefined
  readonly #topic: Topic
  readonly #status: StatusWords
  readonly #scene: Scene
  readonly #colleague: Technician
  readonly #fill: (template: string) => string

  constructor(
    profile: Profile,
    contacts: Contact[],
    crew: Technician[],
    place: number,
    createdAt: number,
    now: number,
  ) {
    this.#profile = profile
    this.#number = place + 1
    this.#fromEnd = profile.size - 1 - place
    this.#createdAt = createdAt
    this.#now = now
    const random = new Random(`${profile.slug}/${this.#number}`)
    this.#random = random
    this.#special = profile.specials?.find(({ fromEnd }) => fromEnd === this.#fromEnd)
    const topic = this.#special ? untold : random.weighted(profile.topics)
    this.#topic = caseOf(topic, random.pick(topic.bodies))
    this.#status = this.#drawStatus()
    const machine = this.#topic.kind === 'alert' || this.#special?.noRequester === true
    const technician = crewPick(crew, random)
    this.#colleague = random.pick(crew)
    this.#scene = { profile, contacts, requester: machine ? null : requesterPick(contacts, random), technician, random }
    this.#fill = filler(this.#scene)
  }

  done(past: Past | null): Drawn {
    const random = this.#random
    const id = idOf(`${this.#profile.slug}/ticket/${this.#number}`)
    const subject = this.#special?.subject ?? this.#fill(random.pick(this.#topic.subjects))
    const description = this.#description()
    const lines = this.#lines().map((line) => ({ line, body: this.#fill(line.template) }))
    const span = this.#span()
    // Of its own, so that all other draws stay what they are.
    const clock = new Random(`${this.#profile.slug}/time/${this.#number}`)
    const entries = lines.map(({ line, body }, i): Entry => {
      const at = this.#createdAt + span * ((i + 1) / lines.length) ** 1.6
      const minutes = clock.pick(WORKED)
      const worked = line.kind === 'note' && line.by === 'technician' && clock.chance(0.3)
      const workedAt = instant(Math.max(this.#createdAt, at - minutes * MINUTE))
      return {
        id: idOf(`${id}/entry/${i + 1}`),
        ticketId: id,
        kind: worked ? 'time' : line.kind,
        author: authorOf(line, { ...this.#scene, colleague: this.#colleague }),
        body,
        createdAt: instant(at),
        ...(worked ? { time: { minutes, billable: clock.chance(0.8), workedAt } } : {}),
      }
    })
    const priority = this.#priority()
    const ticket: Ticket = {
      id,
      number: this.#number,
      subject,
      description,
      status: keyOf(this.#status.label),
      priority: keyOf(this.#profile.priorities[priority] ?? ''),
      type: keyOf(this.#profile.types[this.#topic.kind]),
      queue: keyOf(this.#profile.queues[this.#topic.team]),
      requesterId: this.#scene.requester?.id ?? null,
      assigneeId: this.#unassigned() ? null : this.#scene.technician.id,
      tags: random.chance(0.5) ? this.#topic.tags : [],
      customFields: { ...matrixValues(this.#profile, this.#number, priority), ...this.#customFields() },
      createdAt: instant(this.#createdAt),
      updatedAt: instant(this.#createdAt + (entries.length > 0 || this.#isOver() ? span : 0)),
      dueAt: this.#dueAt(priority),
    }
    if (past) ticket.history = past.of(ticket, entries)
    return { ticket, entries, topic: this.#topic.key, over: this.#isOver() }
  }

  #drawStatus(): StatusWords {
    const { statuses, openShare, size } = this.#profile
    const random = this.#random
    // Falls off with age, over a range that gives the wanted share of all.
    const steepness = 0.72
    const isOpen = random.chance(steepness * Math.exp((-steepness * this.#fromEnd) / (openShare * size)))
    const isNew = random.chance(this.#fromEnd < 0.4 * openShare * size ? 0.3 : 0.03)
    const waits = random.chance(0.42)
    const resolved = random.chance(this.#fromEnd < 2 * openShare * size ? 0.6 : 0.01)
    const category = isOpen ? (isNew ? 'new' : waits ? 'waiting' : 'open') : resolved ? 'resolved' : 'closed'
    const { kind } = this.#topic
    const held = kind === 'noise' && category !== 'new' ? 'closed' : category
    const drawn = random.weighted(ofCategory(statuses, held === 'waiting' && kind === 'alert' ? 'open' : held))
    const wanted = this.#special?.status
    if (wanted === undefined) return drawn
    return statuses.find(({ label }) => label === wanted) ?? { ...drawn, label: wanted }
  }

  #isOver(): boolean {
    return this.#status.category === 'resolved' || this.#status.category === 'closed'
  }

  #unassigned(): boolean {
    const chance = this.#random.next()
    if (this.#status.category === 'new') return chance < 0.85
    return this.#topic.kind === 'noise' ? chance < 0.6 : chance < 0.03
  }

  #description(): string {
    if (this.#special?.description !== undefined) return this.#fill(this.#special.description)
    const { requester } = this.#scene
    if (!requester || !isAsked(this.#topic)) return this.#fill(this.#random.pick(this.#topic.bodies))
    return this.#fill(letter(this.#topic, requester, this.#profile, this.#random))
  }

  #lines(): Line[] {
    const random = this.#random
    if (this.#special?.thread !== undefined) return longThread(this.#special.thread, random)
    const { openShare, size, talk } = this.#profile
    const drawn = random.next()
    const recent = this.#fromEnd < 3 * openShare * size
    if (this.#status.category === 'new') return []
    const most = this.#isOver() ? (recent ? 6 : 4) : 11
    return conversation(this.#topic, this.#status, Math.floor(most * drawn ** 1.3 * talk), random)
  }

  /** From opening to the last touch, in ms; never past now. */
  #span(): number {
    const drawn = this.#random.next()
    const lasted = this.#isOver() ? 20 * MINUTE + drawn ** 4 * 160 * HOUR : drawn ** 2 * 400 * HOUR
    const long = this.#special?.thread === undefined ? 1 : 1000
    return Math.min(lasted * long, (this.#now - this.#createdAt) * (0.5 + drawn / 2))
  }

  #priority(): number {
    const last = this.#profile.priorities.length - 1
    const wanted = Math.round(((this.#topic.level - 1) / 3) * last) + this.#random.pick([0, 0, 0, 0, 1, 1, -1])
    return Math.min(last, Math.max(this.#topic.level > 2 ? 1 : 0, wanted))
  }

  #customFields(): Ticket['customFields'] {
    const random = this.#random
    const given = { random, fill: this.#fill, createdAt: this.#createdAt }
    const drawn = this.#profile.fields
      .filter(({ chance, on }) => chance > 0 && random.chance(chance) && (on?.includes(this.#topic.kind) ?? true))
      .map(({ field, value }) => [field.key, value(given)] as const)
    return { ...Object.fromEntries(drawn), ...this.#special?.customFields }
  }

  /** Most open tickets are within their time, some are close to it, a few past it. */
  #dueAt(priority: number): string | null {
    const place = this.#random.next()
    const draw = this.#random.next()
    const hours = this.#profile.targets[priority] ?? null
    if (hours === null || this.#isOver() || this.#status.stopsClock || this.#topic.kind === 'noise') return null
    const risk = this.#profile.atRiskMinutes * MINUTE
    const left = place < 0.09 ? -draw * 30 * HOUR : place < 0.22 ? draw * risk : risk + draw * hours * HOUR
    return instant(Math.max(this.#createdAt + 30 * MINUTE, this.#now + left))
  }
}

/** What a special ticket is about: nothing that a template could know. */
const untold: Topic = {
  key: 'special',
  kind: 'incident',
  team: 'desk',
  level: 2,
  weight: 1,
  tags: [],
  subjects: ['Help please'],
  bodies: ['Please call me about this.'],
  notes: [],
  asks: [],
  answers: [],
  vendor: [],
  done: [],
}

function isAsked({ kind }: Topic): boolean {
  return kind !== 'alert' && kind !== 'noise'
}

function ofCategory(statuses: StatusWords[], category: StatusWords['category']): StatusWords[] {
  const found = statuses.filter((s) => s.category === category)
  if (found.length > 0) return found
  return statuses.filter((s) => (category === 'resolved' ? s.category === 'closed' : s.category === 'open'))
}

/** Those who come first are at this client most. */
function crewPick(crew: Technician[], random: Random): Technician {
  return crew[Math.floor(random.next() ** 1.8 * crew.length)] as Technician
}

/** Some people write far more often than others. */
function requesterPick(contacts: Contact[], random: Random): Contact {
  return contacts[Math.floor(random.next() ** 1.7 * contacts.length)] as Contact
}

function instant(time: number): string {
  return new Date(time).toISOString()
}
