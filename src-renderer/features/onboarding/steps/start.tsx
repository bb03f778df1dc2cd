import { NativeSelect } from '@mantine/core'
import type { Identity, StartFrom } from '../../../../src-shared/onboarding/answers.ts'
import type { StepContext, StepDefinition, StepFormProps } from '../step.ts'
import classes from '../../../ui/cards.module.css'
import fields from './fields.module.css'

interface Draft {
  from: 'template' | 'client' | 'empty'
  template: string | null
  /** Id of a client. */
  client: string | null
}

/** What the client begins with. */
export const startStep: StepDefinition<Draft> = {
  action: 'Begin with it',
  begin(context, answer) {
    const given = answer as StartFrom | undefined
    return {
      from: given?.from ?? 'template',
      template: given?.from === 'template' ? given.template : proposed(context),
      client: given?.from === 'client' ? given.client : null,
    }
  },
  missing({ from, template, client }) {
    if (from === 'template' && template === null) return 'Choose a template.'
    if (from === 'client' && client === null) return 'Choose the client to begin as.'
    return null
  },
  answer({ from, template, client }) {
    if (from === 'template') return { from, template }
    if (from === 'client') return { from, client }
    return { from }
  },
  Form: StartForm,
}

function StartForm({ draft, context, change }: StepFormProps<Draft>) {
  const { choices, clients, view } = context
  const others = [...clients.values()].filter(({ id, onboarding }) => id !== view?.tenantId && !onboarding)
  const template = draft.template ?? proposed(context)
  const card = (label: string, about: string, checked: boolean, part: Partial<Draft>) => (
    <label key={label} className={classes.card}>
      <input
        type="radio"
        name="start"
        data-first={checked || undefined}
        checked={checked}
        onChange={() => change(part)}
      />
      <b>{label}</b>
      <span>{about}</span>
    </label>
  )
  return (
    <>
      <div className={classes.cards} role="radiogroup" aria-label="Start from">
        {choices?.templates.map(({ key, name, about }) =>
          card(name, about, draft.from === 'template' && template === key, { from: 'template', template: key }),
        )}
        {card('As another client', 'Its settings, never its secrets, contacts or tickets.', draft.from === 'client', {
          from: 'client',
        })}
        {card('Empty', 'What your organisation gives to all clients, and nothing else.', draft.from === 'empty', {
          from: 'empty',
        })}
      </div>
      {draft.from === 'client' && (
        <NativeSelect
          label="Client"
          data={[
            { value: '', label: 'Type its first letters' },
            ...others.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={draft.client ?? ''}
          onChange={(event) => change({ client: event.currentTarget.value || null })}
        />
      )}
      {choices?.refused.map(({ file, reason }) => (
        <p key={file} className={fields.warning}>
          {file} cannot be used: {reason}
        </p>
      ))}
    </>
  )
}

/** The template whose industry shares a word with the client's; else the plainest. */
function proposed({ view, choices }: StepContext): string | null {
  const templates = choices?.templates ?? []
  const words = (text: string) => text.toLowerCase().match(/\p{L}{3,}/gu) ?? []
  const { industry = '', name = '' } = (view?.answers.identity ?? {}) as Partial<Identity>
  const told = new Set([...words(industry), ...words(name)])
  const fitting = templates.find((one) => words(`${one.industry ?? ''} ${one.name}`).some((word) => told.has(word)))
  return (fitting ?? templates.find(({ key }) => key === 'general-office') ?? templates[0])?.key ?? null
}
