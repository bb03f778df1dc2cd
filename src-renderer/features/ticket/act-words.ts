import type { LinkRelation } from '../../../src-shared/domain/ticket.ts'
import type { TicketAct } from '../../../src-shared/domain/ticket-change.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { dateTime } from '../../ui/time.ts'
import { valueText } from '../inbox/value-text.ts'
import { numberText } from '../tickets/words.ts'
import { fieldLabel } from './field-label.ts'
import { RELATIONS } from './relations.ts'

/** What the words of changes are taken from. */
interface Telling {
  /** The ticket on view. */
  ticketId: string
  desk: Desk
  /** Names by id of those whom values may be. */
  people: Record<string, string>
  /** Numbers by id of other tickets. */
  tickets: Record<string, number>
}

/** What was changed in one go, in the client's words: `Status from New to Done; tagged vip`. */
export function actsText(acts: readonly TicketAct[], telling: Telling): string {
  const texts = acts.flatMap((act) => actText(act, telling))
  return texts.map((text, at) => (at === 0 ? text : text.charAt(0).toLocaleLowerCase() + text.slice(1))).join('; ')
}

function actText({ field, from, to }: TicketAct, telling: Telling): string[] {
  const { desk, people } = telling
  const say = (value: unknown): string => valueText(field, value, desk, people)
  const [off, on] = [listed(from), listed(to)]
  if (field.startsWith('tasks.')) return taskTexts(isTask(from) ? from : null, isTask(to) ? to : null, desk)
  switch (field) {
    case 'created':
      return ['Opened the ticket']
    case 'imported':
      return ['Imported the ticket']
    case 'description':
      return ['Changed the description']
    case 'tags':
      return [
        ...(on.length > 0 ? [`Tagged ${on.map(String).join(', ')}`] : []),
        ...(off.length > 0 ? [`Took off the tag ${off.map(String).join(', ')}`] : []),
      ]
    case 'watchers':
      return [
        ...(on.length > 0 ? [`Watched by ${valueText(field, on, desk)}`] : []),
        ...(off.length > 0 ? [`No longer watched by ${valueText(field, off, desk)}`] : []),
      ]
    case 'links':
      return [
        ...on.map((link) => `Linked: ${linkText(link, telling)}`),
        ...off.map((link) => `No longer linked: ${linkText(link, telling)}`),
      ]
    case 'mergedInto':
      return [to === null ? 'Took the merge apart' : `Merged it into ${ticketText(to, telling)}`]
    case 'snoozedUntil':
      return [typeof to === 'string' ? `Snoozed until ${dateTime(to)}` : 'Woke it']
    case 'dueAt':
      return [typeof to === 'string' ? `Due ${dateTime(to)}` : 'No longer due']
  }
  const label = fieldLabel(field, desk.configuration)
  return [`${label} from ${say(from)} to ${say(to)}`]
}

/** The parts of a task that a change tells. */
interface ToldTask {
  text: string
  done: boolean
  assigneeId: string | null
  dueAt: string | null
}

function isTask(value: unknown): value is ToldTask {
  return typeof value === 'object' && value !== null && 'text' in value
}

function taskTexts(from: ToldTask | null, to: ToldTask | null, desk: Desk): string[] {
  if (!to) return [`Task deleted: ${from?.text ?? ''}`]
  const who = (id: string | null): string => valueText('assigneeId', id, desk)
  const { text, done, assigneeId, dueAt } = to
  const was = from ?? { text, done: false, assigneeId: null, dueAt: null }
  return [
    ...(from ? [] : [`Task added: ${text}`]),
    ...(was.text === text ? [] : [`Task “${was.text}” is now “${text}”`]),
    ...(was.done === done ? [] : [`Task ${done ? 'done' : 'open again'}: ${text}`]),
    ...(was.assigneeId === assigneeId ? [] : [`Task “${text}” from ${who(was.assigneeId)} to ${who(assigneeId)}`]),
    ...(was.dueAt === dueAt ? [] : [`Task “${text}” ${dueAt ? `due ${dateTime(dueAt)}` : 'no longer due'}`]),
  ]
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** A link as lists of changes have it: `{ticketId, relation}`. */
function linkText(link: unknown, telling: Telling): string {
  const { ticketId, relation } = (typeof link === 'object' && link !== null ? link : {}) as Record<string, unknown>
  const name = RELATIONS[relation as LinkRelation] ?? String(relation)
  return `${name.charAt(0).toLocaleLowerCase()}${name.slice(1)} ${ticketText(ticketId, telling)}`
}

/** Another ticket by its number, where it is still here. */
function ticketText(id: unknown, { ticketId, tickets }: Telling): string {
  if (id === ticketId) return 'this ticket'
  const number = typeof id === 'string' ? tickets[id] : undefined
  return number === undefined ? 'another ticket' : numberText(number)
}
