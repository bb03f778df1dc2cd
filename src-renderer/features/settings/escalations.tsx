import type { EscalationAction, EscalationRule, TargetKind, Trigger } from '../../../src-shared/sla/schema.ts'
import { choosable } from '../../../src-shared/domain/configuration.ts'
import type { EditorProps } from './editor.ts'
import { Rule, Several, withoutEmpty } from './rule-form.tsx'
import { escalationSentence, type Named } from './rule-words.ts'
import { Rows, Select } from './rows.tsx'
import classes from './settings.module.css'
import { Duration } from './targets.tsx'

const TRIGGERS = [
  ['target:first-response', 'A part of the first response is used up'],
  ['target:resolution', 'A part of the resolution is used up'],
  ['unassigned', 'Nobody has it'],
  ['reopened', 'It is reopened'],
  ['reassigned', 'It goes from one technician to another'],
  ['vip', 'A VIP opens it'],
] as const

const PERCENTS = [50, 75, 100, 150]

/** A trigger of a kind, with what is usual. */
function triggerOf(kind: string): Trigger {
  switch (kind) {
    case 'unassigned':
      return { on: 'unassigned', minutes: 30 }
    case 'reopened':
      return { on: 'reopened', times: 1 }
    case 'reassigned':
      return { on: 'reassigned', times: 3 }
    case 'vip':
      return { on: 'vip' }
    default:
      return { on: 'target', target: kind.slice('target:'.length) as TargetKind, percent: 75 }
  }
}

/** What happens when something takes too long: when, for which tickets, and what is done. */
export function EscalationsEditor({
  value,
  onChange,
  problems,
  savedKeys,
  named,
}: EditorProps<EscalationRule[]> & { savedKeys: ReadonlySet<string>; named: Named }) {
  return (
    <Rows<EscalationRule>
      title="Escalations"
      word="escalation"
      none="None yet: a ticket that waits too long is told to nobody."
      rows={value}
      {...{ savedKeys, problems, onChange }}
      fresh={() => ({
        when: { on: 'target', target: 'resolution', percent: 75 },
        actions: [{ do: 'notify', technicians: [], assignee: true }],
      })}
      below={(rule, change, index) => (
        <Rule
          sentence={escalationSentence(rule, named)}
          begin={!savedKeys.has(rule.key) || problems.some((one) => one.index === index)}
        >
          {() => <RuleForm rule={rule} change={change} named={named} />}
        </Rule>
      )}
    />
  )
}

interface FormProps {
  rule: EscalationRule
  change(part: Partial<EscalationRule>): void
  named: Named
}

function RuleForm({ rule, change, named }: FormProps) {
  const { when, actions, label } = rule
  const replace = (index: number, action: EscalationAction | null): void =>
    change({ actions: actions.flatMap((one, i) => (i === index ? (action ? [action] : []) : [one])) })
  return (
    <>
      <div className={classes.inline}>
        <b>When</b>
        <Select
          label={`When ${label} strikes`}
          value={when.on === 'target' ? `target:${when.target}` : when.on}
          options={TRIGGERS}
          onChange={(kind) => change({ when: triggerOf(kind) })}
        />
        <TriggerDetail rule={rule} onChange={(next) => change({ when: next })} />
      </div>
      <Several
        label="Of priority"
        none="all"
        value={rule.priorities}
        options={choosable(named.priorities).map((one) => [one.key, one.label])}
        onChange={(priorities) => change({ priorities } as Partial<EscalationRule>)}
      />
      <Several
        label="Of type"
        none="all"
        value={rule.types}
        options={choosable(named.types).map((one) => [one.key, one.label])}
        onChange={(types) => change({ types } as Partial<EscalationRule>)}
      />
      {actions.map((action, index) => (
        <div key={index} className={classes.inline}>
          <b>{index === 0 ? 'Then' : 'and'}</b>
          <Select
            label={`What ${label} does, ${index + 1}`}
            value={action.do}
            options={ACTIONS}
            onChange={(kind) => replace(index, actionOf(kind, named))}
          />
          <ActionDetail
            label={`${label}, ${index + 1}`}
            {...{ action, named }}
            onChange={(next) => replace(index, next)}
          />
          <button type="button" onClick={() => replace(index, null)}>
            Remove
            <span className={classes.hidden}>
              {' '}
              what {label} does, {index + 1}
            </span>
          </button>
        </div>
      ))}
      <button
        type="button"
        className={classes.add}
        onClick={() => change({ actions: [...actions, actionOf('raise-priority', named)] })}
      >
        Add what is done
      </button>
    </>
  )
}

function TriggerDetail({
  rule: { when, label, key },
  onChange,
}: {
  rule: EscalationRule
  onChange(when: Trigger): void
}) {
  if (when.on === 'target')
    return (
      <label>
        at
        <Select
          label={`Percent of ${label}`}
          value={String(when.percent)}
          options={[...new Set([...PERCENTS, when.percent])].sort((a, b) => a - b).map((n) => [String(n), `${n}%`])}
          onChange={(percent) => onChange({ ...when, percent: Number(percent) })}
        />
        <input
          type="number"
          min={1}
          max={1000}
          aria-label={`Another percentage of ${label}`}
          title="Another percentage"
          value={when.percent}
          onChange={(event) => event.target.valueAsNumber && onChange({ ...when, percent: event.target.valueAsNumber })}
        />
      </label>
    )
  if (when.on === 'unassigned')
    return (
      <label>
        for
        <Duration
          label={`Business time of ${label}`}
          field={`escalations:${key}:minutes`}
          value={when.minutes}
          onChange={(minutes) => minutes !== undefined && onChange({ ...when, minutes })}
        />
      </label>
    )
  if (when.on === 'vip') return null
  return (
    <label>
      <input
        type="number"
        min={1}
        max={100}
        aria-label={`How often, for ${label}`}
        value={when.times}
        onChange={(event) => onChange({ ...when, times: event.target.valueAsNumber || 1 })}
      />
      times
    </label>
  )
}

const ACTIONS = [
  ['assign', 'Assign it to whoever is on call'],
  ['raise-priority', 'Raise its priority'],
  ['notify', 'Notify'],
  ['note', 'Write a note'],
] as const

function actionOf(kind: string, { onCall }: Named): EscalationAction {
  switch (kind) {
    case 'assign':
      return { do: 'assign', onCall: onCall[0]?.key ?? '' }
    case 'note':
      return { do: 'note', text: '' }
    case 'notify':
      return { do: 'notify', technicians: [], assignee: true }
    default:
      return { do: 'raise-priority', by: 1 }
  }
}

interface ActionProps {
  label: string
  action: EscalationAction
  named: Named
  onChange(action: EscalationAction): void
}

function ActionDetail({ label, action, named, onChange }: ActionProps) {
  const rotations = named.onCall.map((one) => [one.key, one.label] as const)
  switch (action.do) {
    case 'assign':
      if (rotations.length === 0)
        return <em className={classes.bad}>Nobody takes turns yet: add a rotation under On call.</em>
      return (
        <Select
          label={`On call, for ${label}`}
          value={action.onCall}
          options={
            rotations.some(([key]) => key === action.onCall) ? rotations : [[action.onCall, 'Choose'], ...rotations]
          }
          onChange={(onCall) => onChange({ ...action, onCall })}
        />
      )
    case 'raise-priority':
      return (
        <Select
          label={`How far, for ${label}`}
          value={action.to === undefined ? `by:${action.by}` : `to:${action.to}`}
          options={[
            ...[...new Set([1, 2, 3, action.by])].map(
              (n) => [`by:${n}`, n === 1 ? 'by one rank' : `by ${n} ranks`] as const,
            ),
            ...choosable(named.priorities, action.to).map((one) => [`to:${one.key}`, `to ${one.label}`] as const),
          ]}
          onChange={(way) =>
            onChange(
              way.startsWith('to:')
                ? { do: 'raise-priority', to: way.slice(3), by: 1 }
                : { do: 'raise-priority', by: Number(way.slice(3)) },
            )
          }
        />
      )
    case 'note':
      return (
        <textarea
          rows={2}
          aria-label={`Note of ${label}`}
          value={action.text}
          maxLength={5000}
          onChange={(event) => onChange({ ...action, text: event.target.value })}
        />
      )
    case 'notify':
      return (
        <>
          <label>
            <input
              type="checkbox"
              checked={action.assignee}
              onChange={(event) => onChange({ ...action, assignee: event.target.checked })}
            />
            whoever has it
          </label>
          {rotations.length > 0 && (
            <Select
              label={`Whom on call, for ${label}`}
              value={action.onCall ?? ''}
              options={[['', 'nobody on call'], ...rotations.map(([key, text]) => [key, `on call: ${text}`] as const)]}
              onChange={(key) => onChange(withoutEmpty({ ...action, onCall: key || undefined }))}
            />
          )}
          <Several
            label="and"
            none="no technician by name"
            value={action.technicians}
            options={named.technicians.map(({ id, name }) => [id, name])}
            onChange={(technicians = []) => onChange({ ...action, technicians })}
          />
        </>
      )
  }
}
