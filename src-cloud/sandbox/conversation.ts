import type { Contact, Technician } from '../../src-shared/domain/people.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { StatusWords } from './profile.ts'
import type { Random } from './random.ts'
import type { Topic } from './topics/topic.ts'

/** One thing said, before it has a time. */
export interface Line {
  by: 'technician' | 'colleague' | 'requester' | 'system'
  kind: Entry['kind']
  template: string
}

const generalNotes = [
  'Called {first}, no answer. Left VM.',
  'Remote session with {first}, {count} min.',
  'Emailed {first} to arrange a time.',
  'Cannot reproduce on {pc2}. Watching.',
  'User on leave until {weekday}.',
  'Spoke to {first}, call back agreed for {time}.',
]
const acknowledgements = [
  'Hi {first}, thanks for letting us know. I am looking at it now. {tech}',
  'Hi {first}, got it. I will come back to you by {time}. {tech}',
  'Hi {first}, I have picked this up and will ring you in a few minutes. {tech}',
]
const generalEnds = [
  'Hi {first}, as we agreed on the phone this is done, so I am closing it. Just reply if anything is left. {tech}',
  'Hi {first}, all done on our side. {tech}',
]
const generalVendor = [
  'Passed on to {supplier}, ref {ref}. Waiting for their call.',
  'Chased {supplier} on {ref}, no news.',
]
const generalAsks = [
  'Hi {first}, could you ring us when you are at your desk? We need five minutes of your time. {tech}',
]
const nudges = ['Any news on this?', 'Hi, just following up on the below.']
const troubledNudges = [...nudges, 'Still the same today.', 'Happened again at {time}.']
const generalAnswers = [
  'Yes please go ahead.',
  "I'm free after {time}.",
  'Sure, my ext is {extension}.',
  'Will do and let you know.',
]
const updates = [
  'Hi {first}, a quick update: still with the supplier, I expect an answer by {time}.',
  'Hi {first}, I have changed something on our side. Could you try again and tell me?',
  'Hi {first}, sorry for the wait, this needs a colleague who is on site on {weekday}.',
]
const thanks = [
  'Brilliant, thank you!',
  'Works, thanks.',
  'Thanks {tech}, all good now.',
  'Perfect. You can close it.',
  '👍',
]

/** What is said on a ticket: so many lines at most, ending as its status says. */
export function conversation(topic: Topic, status: StatusWords, wanted: number, random: Random): Line[] {
  if (wanted === 0) return []
  const take = dealer(random)
  if (topic.kind === 'alert' || topic.kind === 'noise') {
    const most = topic.kind === 'noise' ? 1 : 2
    const lines = take(topic.notes, Math.min(wanted, most)).map((line) => note(line))
    const recovered: Line = { by: 'system', kind: 'event', template: 'Monitoring: condition cleared at {time}' }
    return topic.kind === 'alert' && wanted > 2 && isOver(status) ? [...lines, recovered] : lines
  }
  const end = ending(topic, status, take, random)
  const lines = wanted > end.length + 1 && random.chance(0.6) ? take(acknowledgements).map(reply) : []
  // Every list is dealt once: a conversation ends when nothing new is left to say.
  for (let turns = 0; turns < 20 && lines.length + end.length < wanted; turns++)
    lines.push(...turn(topic, take, random))
  return [...lines, ...end]
}

function turn(topic: Topic, take: Take, random: Random): Line[] {
  const drawn = random.next()
  if (drawn < 0.45)
    return take(random.chance(0.8) ? topic.notes : generalNotes).map((line) => note(line, random.chance(0.2)))
  if (drawn < 0.75) {
    const asked = take(topic.asks).map(reply)
    return asked.length > 0
      ? [...asked, ...take(topic.answers.length > 0 ? topic.answers : generalAnswers).map(answer)]
      : []
  }
  if (drawn < 0.88) return take(topic.vendor).map((line) => note(line))
  const nudge = take(topic.kind === 'incident' ? troubledNudges : nudges).map(answer)
  return nudge.length > 0 ? [...nudge, ...take(updates).map(reply)] : []
}

function ending(topic: Topic, status: StatusWords, take: Take, random: Random): Line[] {
  if (isOver(status)) {
    const done = take(topic.done.length > 0 ? topic.done : generalEnds).map(reply)
    return random.chance(0.25) ? [...done, ...take(thanks).map(answer)] : done
  }
  if (status.waitsFor === 'vendor')
    return take(topic.vendor.length > 0 ? topic.vendor : generalVendor).map((line) => note(line))
  if (status.waitsFor === 'requester') return take(topic.asks.length > 0 ? topic.asks : generalAsks).map(reply)
  return []
}

/** Takes so many templates of a list (one unless told) that this ticket has not had, fewer where it runs out. */
type Take = (list: string[], count?: number) => string[]

function dealer(random: Random): Take {
  const dealt = new Set<string>()
  return (list, count = 1) => {
    const taken: string[] = []
    while (taken.length < count) {
      const left = list.filter((line) => !dealt.has(line))
      if (left.length === 0) break
      const line = random.pick(left)
      dealt.add(line)
      taken.push(line)
    }
    return taken
  }
}

function note(template: string, colleague = false): Line {
  return { by: colleague ? 'colleague' : 'technician', kind: 'note', template }
}

function reply(template: string): Line {
  return { by: 'technician', kind: 'reply', template }
}

function answer(template: string): Line {
  return { by: 'requester', kind: 'reply', template }
}

function isOver(status: StatusWords): boolean {
  return status.category === 'resolved' || status.category === 'closed'
}

/** Who wrote a line. A requester's line without a requester is the desk's. */
export function authorOf(
  line: Line,
  who: { technician: Technician; colleague: Technician; requester: Contact | null },
): Entry['author'] {
  if (line.by === 'system') return { kind: 'system', id: null, name: 'Monitoring' }
  if (line.by === 'requester' && who.requester)
    return { kind: 'contact', id: who.requester.id, name: who.requester.name }
  const { id, name } = line.by === 'colleague' ? who.colleague : who.technician
  return { kind: 'technician', id, name }
}
