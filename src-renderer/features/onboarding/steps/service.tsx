import { TextInput } from '@mantine/core'
import type { ServiceAnswer, Identity } from '../../../../src-shared/onboarding/answers.ts'
import { exampleName, strayNames, type NamingConvention } from '../../../../src-shared/domain/naming.ts'
import { shortNameOf } from '../../../../src-shared/onboarding/filling-in.ts'
import type { LayerValues, Settings } from '../../../../src-shared/settings/settings.ts'
import type { ServiceTarget } from '../../../../src-shared/sla/schema.ts'
import { durationText, minutesOf } from '../../../ui/duration.ts'
import { Proof } from '../proof.tsx'
import type { StepContext, StepDefinition, StepFormProps } from '../step.ts'
import classes from './fields.module.css'

type Kind = 'firstResponse' | 'resolution'

interface Draft {
  /** As written, by priority; only those that differ from what is inherited. */
  targets: Record<string, Partial<Record<Kind, string>>>
  /** Patterns that differ, by convention. */
  patterns: Record<string, string>
  /** Names that there are, by convention, one a line. */
  existing: Record<string, string>
}

/** Two years of minutes. */
const MOST = 1_100_000

/** What was promised, and how things are named. */
export const serviceStep: StepDefinition<Draft> = {
  action: 'Promise this',
  begin(_context, answer) {
    const { targets, naming, existingNames } = (answer ?? {}) as ServiceAnswer
    const typed = targets?.flatMap(({ priorities = [], types, ...target }) =>
      types
        ? []
        : priorities.map((key) => [key, { ...textOf(target, 'firstResponse'), ...textOf(target, 'resolution') }]),
    )
    return {
      targets: Object.fromEntries(typed ?? []) as Draft['targets'],
      patterns: Object.fromEntries((naming ?? []).map(({ key, pattern }) => [key, pattern])),
      existing: Object.fromEntries(Object.entries(existingNames ?? {}).map(([key, names]) => [key, names.join('\n')])),
    }
  },
  missing({ targets }) {
    const wrong = Object.values(targets)
      .flatMap((one) => Object.values(one))
      .find((text) => text.trim() !== '' && !isDuration(text))
    return wrong === undefined ? null : `“${wrong}” is no time such as 30 min, 4 h or 1:30.`
  },
  answer(draft, context) {
    const settings = inherited(context)
    const existing = Object.entries(draft.existing).map(([key, text]) => [key, linesOf(text)] as const)
    const named = existing.filter(([, names]) => names.length > 0)
    return {
      ...(settings && changes(draft.targets) && { targets: targetsOf(draft, settings) }),
      ...(settings && Object.keys(draft.patterns).length > 0 && { naming: namingOf(draft, settings) }),
      ...(named.length > 0 && { existingNames: Object.fromEntries(named) }),
    }
  },
  Form: ServiceForm,
}

function ServiceForm({ draft, context, change }: StepFormProps<Draft>) {
  const settings = inherited(context)
  if (!settings)
    return (
      <p className={classes.warning}>
        Its settings cannot be shown to you: you do not work for this client, or the cloud is away. What is inherited
        holds where you go on.
      </p>
    )
  const { name = '', shortName = shortNameOf(name) } = (context.view?.answers.identity ?? {}) as Partial<Identity>
  const write = (priority: string, kind: Kind, text: string): void =>
    change({ targets: { ...draft.targets, [priority]: { ...draft.targets[priority], [kind]: text } } })
  const priorities = settings.priorities.toSorted((a, b) => a.rank - b.rank)
  return (
    <>
      <Proof id={context.id} set={triedOut(draft, settings)} />
      <table className={classes.table} aria-label="Targets">
        <thead>
          <tr>
            <th>Priority</th>
            <th>First response within</th>
            <th>Resolved within</th>
          </tr>
        </thead>
        <tbody>
          {priorities.map(({ key, label, colour }, row) => (
            <tr key={key}>
              <th scope="row">
                <i style={{ background: colour }} />
                {label}
              </th>
              {(['firstResponse', 'resolution'] as const).map((kind) => {
                const given = settings.targets.find((one) => !one.types && fits(one, key))?.[kind]
                const text = draft.targets[key]?.[kind] ?? (given === undefined ? '' : durationText(given))
                return (
                  <td key={kind}>
                    <input
                      data-first={(row === 0 && kind === 'firstResponse') || undefined}
                      aria-label={`${label}: ${kind === 'firstResponse' ? 'first response' : 'resolution'}`}
                      aria-invalid={text.trim() !== '' && !isDuration(text)}
                      placeholder="nothing promised"
                      value={text}
                      onChange={(event) => write(key, kind, event.target.value)}
                    />
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <h4 className={classes.sub}>Naming</h4>
      {settings.naming.length === 0 && <p className={classes.hint}>No conventions are inherited.</p>}
      {settings.naming.map((convention) => (
        <Convention
          key={convention.key}
          convention={{ ...convention, pattern: draft.patterns[convention.key] ?? convention.pattern }}
          shortName={shortName}
          existing={draft.existing[convention.key] ?? ''}
          onPattern={(pattern) => change({ patterns: { ...draft.patterns, [convention.key]: pattern } })}
          onExisting={(text) => change({ existing: { ...draft.existing, [convention.key]: text } })}
        />
      ))}
    </>
  )
}

interface ConventionProps {
  convention: NamingConvention
  shortName: string
  existing: string
  onPattern(pattern: string): void
  onExisting(text: string): void
}

function Convention({ convention, shortName, existing, onPattern, onExisting }: ConventionProps) {
  const { label, pattern } = convention
  const strays = pattern.trim() === '' ? [] : strayNames(linesOf(existing), convention, shortName)
  return (
    <div className={classes.convention}>
      <TextInput
        label={label}
        description={<>Such as {exampleName(pattern, shortName)}</>}
        spellCheck={false}
        value={pattern}
        onChange={(event) => onPattern(event.currentTarget.value)}
      />
      <label>
        <span>Names that there are, one a line</span>
        <textarea
          rows={3}
          aria-label={`${label} that there are`}
          spellCheck={false}
          value={existing}
          onChange={(event) => onExisting(event.target.value)}
        />
      </label>
      {strays.length > 0 && (
        <p className={classes.warning} role="status">
          {strays.slice(0, 5).join(', ')}
          {strays.length > 5 && ` and ${strays.length - 5} more`} {strays.length === 1 ? 'does' : 'do'} not follow it.
        </p>
      )}
    </div>
  )
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}

function fits({ priorities }: ServiceTarget, key: string): boolean {
  return !priorities || priorities.includes(key)
}

function isDuration(text: string): boolean {
  return (minutesOf(text, MOST) ?? 0) > 0
}

function textOf(target: Partial<Record<Kind, number | undefined>>, kind: Kind): Partial<Record<Kind, string>> {
  const minutes = target[kind]
  return minutes === undefined ? { [kind]: '' } : { [kind]: durationText(minutes) }
}

function changes(targets: Draft['targets']): boolean {
  return Object.values(targets).some((one) => Object.keys(one).length > 0)
}

/** The settings below what this step gave the client of its own. */
function inherited({
  settings,
}: StepContext): Pick<Settings, 'priorities' | 'targets' | 'naming' | 'calendars'> | null {
  if (!settings) return null
  const { priorities, targets, naming, calendars } = settings.settings
  return {
    priorities: (priorities.inherited ?? priorities).value,
    targets: (targets.inherited ?? targets).value,
    naming: (naming.inherited ?? naming).value,
    calendars: calendars.value,
  }
}

/** Targets of types stay before those of priorities: of all that fit a ticket, the first counts. */
function targetsOf({ targets }: Draft, { priorities, targets: before, calendars }: ReturnType<typeof inherited> & {}) {
  const typed = before.filter(({ types }) => types)
  const own = priorities.flatMap(({ key }): ServiceTarget[] => {
    const given = before.find((one) => !one.types && fits(one, key))
    const calendar = given?.calendar ?? calendars[0]?.key
    const minutes = (kind: Kind) => {
      const text = targets[key]?.[kind]
      return text === undefined ? given?.[kind] : (minutesOf(text, MOST) ?? undefined)
    }
    const [firstResponse, resolution] = [minutes('firstResponse'), minutes('resolution')]
    if (calendar === undefined || (firstResponse === undefined && resolution === undefined)) return []
    return [
      {
        ...{ priorities: [key], calendar },
        ...(firstResponse !== undefined && { firstResponse }),
        ...(resolution !== undefined && { resolution }),
      },
    ]
  })
  return [...typed, ...own]
}

function namingOf({ patterns }: Draft, { naming }: ReturnType<typeof inherited> & {}): NamingConvention[] {
  return naming.map((one) => ({ ...one, pattern: patterns[one.key]?.trim() || one.pattern }))
}

function triedOut(draft: Draft, settings: ReturnType<typeof inherited> & {}): LayerValues | null {
  const wrong = Object.values(draft.targets).some((one) =>
    Object.values(one).some((text) => text.trim() !== '' && !isDuration(text)),
  )
  return wrong ? null : { targets: targetsOf(draft, settings) }
}
