import type { Contact } from '../../src-shared/domain/people.ts'
import type { Profile } from './profile.ts'
import { Random } from './random.ts'
import { firstName } from './slots.ts'
import type { Topic } from './topics/topic.ts'

const extras = [
  "I'm in meetings until {time}, after that any time.",
  'Not urgent, whenever you have a minute.',
  'Please call rather than email.',
  'I work from home today.',
]
const troubles = [
  'This is stopping me from finishing {document}.',
  '{other} has the same.',
  'You can take over my screen, I will leave it on.',
  'I have already restarted, twice.',
  'It worked yesterday.',
  'Is there anything I can do in the meantime?',
]

/** Puts what a person wants to say in the way that this person writes: greeting, manner, signature. */
export function letter(topic: Topic, requester: Contact, profile: Profile, random: Random): string {
  const manner = new Random(`manner of ${requester.id}`)
  const style = manner.next()
  const first = firstName(requester.name)
  const template = random.pick(topic.bodies)
  const extra = random.pick(topic.kind === 'incident' && random.chance(0.6) ? troubles : extras)
  const said = random.chance(0.35) ? `${template} ${extra}` : template
  if (style < 0.2) return said
  if (style < 0.35) return `${said}\n\nSent from my iPhone`
  if (style < 0.45)
    return `${said.charAt(0).toLowerCase()}${said.slice(1).replace(/\.$/, '')} thx ${first.toLowerCase()}`
  const german = profile.locale === 'de' && style > 0.6
  const hello = german
    ? 'Hallo zusammen'
    : manner.pick(['Hi', 'Hello', 'Hi team', 'Good morning', 'Hi all', 'Dear team'])
  const bye = german
    ? 'Viele Grüße'
    : manner.pick(['Thanks', 'Kind regards', 'Best', 'Many thanks', 'Cheers', 'Regards'])
  const signature = style > 0.8 ? `${requester.name}\n${requester.title ?? ''} | ${profile.tenant.name}` : first
  return `${hello},\n\n${said}\n\n${bye}\n${signature}`
}
