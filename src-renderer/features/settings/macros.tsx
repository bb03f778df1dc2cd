import { useRef } from 'react'
import { choosable, type CustomField } from '../../../src-shared/domain/configuration.ts'
import { filled, SETS_NOTHING, VARIABLES, type Macro } from '../../../src-shared/domain/macros.ts'
import type { EditorProps } from './editor.ts'
import { MacroFields } from './macro-fields.tsx'
import { WordsEditor } from './plain.tsx'
import { Lines, Rule, Several, withoutEmpty } from './rule-form.tsx'
import { macroSentence, type Named } from './rule-words.ts'
import { Rows, Select } from './rows.tsx'
import rules from './rules.module.css'
import classes from './settings.module.css'

interface MacrosProps extends EditorProps<Macro[]> {
  savedKeys: ReadonlySet<string>
  named: Named
  fields: readonly CustomField[]
}

/** Canned texts, and what one key sets. */
export function MacrosEditor({ value, onChange, problems, savedKeys, named, fields }: MacrosProps) {
  return (
    <Rows<Macro>
      title="Macros"
      word="macro"
      none="None yet. A ticket offers them by the key ;"
      rows={value}
      {...{ savedKeys, problems, onChange }}
      fresh={() => ({ kind: 'reply', text: 'Hello {{requester.firstName}},\n\n' })}
      below={(macro, change, index) => (
        <Rule
          sentence={macroSentence(macro, named)}
          begin={!savedKeys.has(macro.key) || problems.some((one) => one.index === index && !one.stands)}
        >
          {() => <MacroForm macro={macro} change={change} named={named} fields={fields} />}
        </Rule>
      )}
    />
  )
}

interface FormProps {
  macro: Macro
  change(part: Partial<Macro>): void
  named: Named
  fields: readonly CustomField[]
}

type Set = NonNullable<Macro['set']>

function MacroForm({ macro, change, named, fields }: FormProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const { label, kind, text, set = {} } = macro
  const write = (next: string): void => change({ text: next === '' ? undefined : next } as Partial<Macro>)
  const insert = (name: string): void => {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = area.current ?? {}
    const before = text ?? ''
    write(`${before.slice(0, from)}{{${name}}}${before.slice(to)}`)
    area.current?.focus()
  }
  const sets = (part: { [K in keyof Set]?: Set[K] | undefined }): void => {
    const next = withoutEmpty({ ...set, ...part }) as Set
    change({ set: settingOf(next, { ...macro, set: next }) } as Partial<Macro>)
  }
  const adds = (part: { [K in Beside]?: Macro[K] | undefined }): void =>
    change({ ...part, set: settingOf(set, { ...macro, ...part } as Macro) } as Partial<Macro>)
  const choice = (
    name: 'status' | 'priority' | 'type' | 'queue',
    list: readonly { key: string; label: string; retired?: true | undefined }[],
  ) => (
    <label>
      <span>{SETS[name]}</span>
      <Select
        label={`${SETS[name]}, by ${label}`}
        value={set[name] ?? ''}
        options={[['', 'As it is'], ...choosable(list, set[name]).map((one) => [one.key, one.label] as const)]}
        onChange={(key) => sets({ [name]: key || undefined })}
      />
    </label>
  )
  return (
    <>
      <div className={classes.inline}>
        <b>Writes</b>
        <Select
          label={`What ${label} writes`}
          value={kind}
          options={[
            ['reply', 'a reply'],
            ['note', 'an internal note'],
          ]}
          onChange={(next) => change({ kind: next as Macro['kind'] })}
        />
        <Select
          label={`Insert a variable into ${label}`}
          value=""
          options={[
            ['', 'Insert a variable'],
            ...VARIABLES.map((name) => [name, `{{${name}}}`] as const),
            ...fields.map((one) => [`field.${one.key}`, `{{field.${one.key}}} ${one.label}`] as const),
          ]}
          onChange={(name) => name && insert(name)}
        />
      </div>
      <div className={rules.split}>
        <textarea
          ref={area}
          rows={7}
          aria-label={`Text of ${label}`}
          placeholder="Nothing: it only sets something"
          value={text ?? ''}
          maxLength={20_000}
          onChange={(event) => write(event.target.value)}
        />
        <div className={rules.preview} role="note" aria-label={`How ${label} reads`}>
          {text === undefined ? <em>Writes nothing.</em> : preview(text, fields)}
        </div>
      </div>
      <div className={classes.fields}>
        {choice('status', named.statuses)}
        {choice('priority', named.priorities)}
        {choice('type', named.types)}
        {choice('queue', named.queues)}
        <label>
          <span>{SETS.assignee}</span>
          <Select
            label={`${SETS.assignee}, by ${label}`}
            value={set.assignee ?? ''}
            options={[
              ['', 'As it is'],
              ['me', 'Whoever uses it'],
              ['nobody', 'Nobody'],
              ...named.technicians.map(({ id, name }) => [id, name] as const),
            ]}
            onChange={(assignee) => sets({ assignee: assignee || undefined })}
          />
        </label>
        <WordsEditor
          label="Tags put on"
          problems={[]}
          rows={1}
          value={set.addTags ?? []}
          onChange={(tags) => sets({ addTags: tags.length > 0 ? tags : undefined })}
        />
        <WordsEditor
          label="Tags taken off"
          problems={[]}
          rows={1}
          value={set.removeTags ?? []}
          onChange={(tags) => sets({ removeTags: tags.length > 0 ? tags : undefined })}
        />
        <Lines label="Tasks added, one a line" value={macro.tasks} onChange={(tasks) => adds({ tasks })} />
        <Several
          label="Watched by"
          none="nobody more"
          value={macro.watch}
          options={[['me', 'Whoever uses it'], ...named.technicians.map(({ id, name }) => [id, name] as const)]}
          onChange={(watch) => adds({ watch })}
        />
        <MacroFields {...{ macro, fields }} technicians={named.technicians} onChange={adds} />
      </div>
    </>
  )
}

/** What stands beside `set`. */
type Beside = 'tasks' | 'watch' | 'fields'

/** What a macro sets, as it is kept: also where it only adds something. */
function settingOf(set: Set, { text, tasks, watch, fields }: Macro): Set | undefined {
  const { addTags, ...rest } = set
  const sets = Object.keys(rest).length > 0 || (addTags?.length ?? 0) > 0
  if (sets) return set
  return text === undefined && (tasks ?? watch ?? fields) ? SETS_NOTHING : undefined
}

const SETS = {
  ...{ status: 'Its status becomes', priority: 'Its priority becomes', type: 'Its type becomes' },
  ...{ queue: 'Its queue becomes', assignee: 'It is given to' },
} as const

/** What variables stand for in a preview. */
const SAMPLE: Record<string, string> = {
  'requester.name': 'Robin Keller',
  'requester.firstName': 'Robin',
  'requester.email': 'robin@example.com',
  'requester.phone': '+1 555 0100',
  'requester.site': 'Main office',
  'ticket.number': '#1042',
  'ticket.subject': 'Printer on the second floor',
  'ticket.status': 'Open',
  'ticket.priority': 'P2',
  'ticket.type': 'Incident',
  'technician.name': 'Alex Moreno',
  'technician.firstName': 'Alex',
  'technician.email': 'alex@example.com',
  'client.name': 'Example Ltd',
  'client.shortName': 'Example',
  today: '3 March 2031',
}

/** A text as it would read, with what nobody fills marked. */
function preview(text: string, fields: readonly CustomField[]) {
  const known = filled(text, (name) => {
    const field = fields.find(({ key }) => `field.${key}` === name)
    return SAMPLE[name] ?? (field ? `(${field.label})` : null)
  })
  return known.split(/(\{\{[^{}]*\}\})/).map((part, index) => (index % 2 === 1 ? <b key={index}>{part}</b> : part))
}
