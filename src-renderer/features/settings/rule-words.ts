import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import type { Macro } from '../../../src-shared/domain/macros.ts'
import type { NoisePolicy, NoiseRule } from '../../../src-shared/domain/noise.ts'
import type { Settings } from '../../../src-shared/settings/settings.ts'
import type { EscalationAction, EscalationRule, Trigger } from '../../../src-shared/sla/schema.ts'
import { durationText } from '../../ui/duration.ts'
import { capital } from '../../ui/capital.ts'

/** What rules refer to, to call it by its name. */
export interface Named
  extends
    Pick<Settings, 'statuses' | 'priorities' | 'types' | 'queues' | 'onCall'>,
    Partial<Pick<Settings, 'customFields'>> {
  technicians: readonly { id: string; name: string }[]
}

const ALL = new Intl.ListFormat('en-GB', { type: 'conjunction' })
const ANY = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/** What a key is called; the key itself where nothing has it. */
function called(list: readonly { key: string; label: string }[], key: string): string {
  return list.find((one) => one.key === key)?.label ?? `“${key}” (not there)`
}

/** "When 75% of the first response is used up, for P1 or P2: assign it to whoever is on call in Night." */
export function escalationSentence({ when, priorities, types, actions }: EscalationRule, named: Named): string {
  const forWhich = [
    priorities && ANY.format(priorities.map((key) => called(named.priorities, key))),
    types && `${priorities ? '' : 'tickets '}of type ${ANY.format(types.map((key) => called(named.types, key)))}`,
  ].filter(Boolean)
  const only = forWhich.length > 0 ? `, for ${forWhich.join(' ')}` : ''
  const done = actions.map((action) => actionWords(action, named))
  return `${triggerWords(when)}${only}: ${done.length > 0 ? ALL.format(done) : 'nothing is done yet'}.`
}

function triggerWords(when: Trigger): string {
  switch (when.on) {
    case 'target': {
      const target = when.target === 'resolution' ? 'time to resolve' : 'time to first response'
      if (when.percent === 100) return `When the ${target} is over`
      return `When ${when.percent}% of the ${target} is used up`
    }
    case 'unassigned':
      return `When nobody has it for ${durationText(when.minutes)} of business time`
    case 'reopened':
      return when.times === 1 ? 'When it is reopened' : `When it is reopened ${when.times} times`
    case 'reassigned':
      return `When it went from one technician to another ${when.times === 1 ? 'once' : `${when.times} times`}`
    case 'vip':
      return 'When a VIP opens it'
  }
}

function actionWords(action: EscalationAction, named: Named): string {
  const turn = (key: string): string => `whoever is on call in ${called(named.onCall, key)}`
  switch (action.do) {
    case 'assign':
      return `assign it to ${turn(action.onCall)}`
    case 'raise-priority':
      if (action.to !== undefined) return `raise the priority to ${called(named.priorities, action.to)}`
      return `raise the priority by ${action.by === 1 ? 'one rank' : `${action.by} ranks`}`
    case 'notify': {
      const who = [
        ...(action.onCall === undefined ? [] : [turn(action.onCall)]),
        ...action.technicians.map((id) => named.technicians.find((one) => one.id === id)?.name ?? 'somebody who left'),
        ...(action.assignee ? ['whoever has it'] : []),
      ]
      return `notify ${who.length > 0 ? ALL.format(who) : 'nobody yet'}`
    }
    case 'note':
      return action.text.trim() === ''
        ? 'write a note that has no text yet'
        : `write the note “${shortened(action.text)}”`
  }
}

/** "A ticket whose subject has “out of office”, from noreply@mailer.example." */
export function noiseSentence(rule: NoiseRule, named: Named): string {
  const texts = (list: readonly string[]): string => ANY.format(list.map((text) => `“${shortened(text)}”`))
  const looks = [
    rule.subject && `whose subject has ${texts(rule.subject)}`,
    rule.description && `whose text has ${texts(rule.description)}`,
    rule.from && `from ${ANY.format(rule.from)}`,
    rule.types && `of type ${ANY.format(rule.types.map((key) => called(named.types, key)))}`,
    rule.queues && `in the queue ${ANY.format(rule.queues.map((key) => called(named.queues, key)))}`,
  ].filter((words) => words !== undefined)
  return looks.length > 0 ? `A ticket ${ALL.format(looks)}.` : 'Says nothing yet of what it looks like.'
}

/** "Marked as noise, it is set to Closed, of type Other, tagged noise." */
export function markSentence({ mark }: NoisePolicy, named: Named): string {
  const parts = [
    `set to ${called(named.statuses, mark.status)}`,
    ...(mark.type === undefined ? [] : [`given the type ${called(named.types, mark.type)}`]),
    ...(mark.tags.length > 0 ? [`tagged ${ALL.format(mark.tags)}`] : []),
  ]
  return `A ticket that somebody marks as noise is ${ALL.format(parts)}.`
}

/** "Writes a reply, sets the status to Resolved and gives it to whoever uses it." */
export function macroSentence(
  { text, kind, set = {}, tasks = [], watch = [], fields = {} }: Macro,
  named: Named,
): string {
  const parts = [
    ...(text === undefined ? [] : [kind === 'note' ? 'writes an internal note' : 'writes a reply']),
    ...(set.status === undefined ? [] : [`sets the status to ${called(named.statuses, set.status)}`]),
    ...(set.priority === undefined ? [] : [`sets the priority to ${called(named.priorities, set.priority)}`]),
    ...(set.type === undefined ? [] : [`sets the type to ${called(named.types, set.type)}`]),
    ...(set.queue === undefined ? [] : [`moves it to the queue ${called(named.queues, set.queue)}`]),
    ...(set.assignee === undefined ? [] : [assigneeWords(set.assignee, named)]),
    ...Object.entries(fields).map(([key, value]) => fieldWords(key, value, named)),
    ...(set.addTags?.length ? [`tags it ${ALL.format(set.addTags)}`] : []),
    ...(set.removeTags?.length ? [`takes the tag ${ALL.format(set.removeTags)} off`] : []),
    ...(tasks.length > 0
      ? [`adds the ${tasks.length === 1 ? 'task' : 'tasks'} ${ALL.format(tasks.map((task) => `“${shortened(task)}”`))}`]
      : []),
    ...(watch.length > 0 ? [`makes ${ALL.format(watch.map((who) => watcherName(who, named)))} watch it`] : []),
  ]
  return parts.length > 0 ? `${capital(ALL.format(parts))}.` : 'Does nothing yet: give it a text, or something to set.'
}

function fieldWords(key: string, value: FieldValue, { customFields = [], technicians }: Named): string {
  const field = customFields.find((one) => one.key === key)
  const name = field?.label ?? `“${key}” (not there)`
  if (value === null) return `empties ${name}`
  if (typeof value === 'boolean') return `sets ${name} to ${value ? 'yes' : 'no'}`
  if (field?.type === 'person') return `sets ${name} to ${watcherName(String(value), { technicians })}`
  const words = [value].flat().map((one) => {
    const option = field && 'options' in field ? field.options : null
    return option ? called(option, String(one)) : shortened(String(one))
  })
  return `sets ${name} to ${ALL.format(words)}`
}

function watcherName(who: string, { technicians }: Pick<Named, 'technicians'>): string {
  return who === 'me' ? 'whoever uses it' : (technicians.find(({ id }) => id === who)?.name ?? 'somebody who left')
}

function assigneeWords(assignee: string, { technicians }: Named): string {
  if (assignee === 'me') return 'gives it to whoever uses it'
  if (assignee === 'nobody') return 'takes it from whoever has it'
  return `gives it to ${technicians.find(({ id }) => id === assignee)?.name ?? 'somebody who left'}`
}

function shortened(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
