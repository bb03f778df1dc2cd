import { IconPlus, IconX } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { tagTicket } from '../../tenant/ticket-acts.ts'
import { numberText } from '../tickets/words.ts'
import { Field } from './choice-field.tsx'
import classes from './tags.module.css'
import { useAct } from './use-act.ts'

/** A tag may not be longer than this, as the cloud takes it. */
const LONGEST = 64

/** Tags as chips: Enter or a comma puts one on, Backspace in the empty field takes the last one off. */
export function Tags({ detail: { ticket, pendingFields } }: { detail: TicketDetail }) {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const field = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const run = (add: string[], remove: string[]): Promise<boolean> =>
    act(`Ticket ${numberText(ticket.number)} was not tagged.`, () => tagTicket(tenant, ticket.id, add, remove))
  const change = async (add: string[], remove: string[]): Promise<void> => {
    if (!(await run(add, remove))) return
    const said = [...add.map((tag) => `tagged ${tag}`), ...remove.map((tag) => `no longer tagged ${tag}`)].join(', ')
    undo.offer(`Ticket ${numberText(ticket.number)}: ${said}`, () => void run(remove, add))
  }
  const put = (): void => {
    const tags = text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '' && !ticket.tags.includes(tag))
    setText('')
    if (tags.length > 0) void change(tags, [])
  }
  useCommands([
    { id: 'tag', title: 'Add or remove tags', group: 'Ticket', keys: ['t'], run: () => field.current?.focus() },
  ])
  return (
    <Field label="Tags" pending={pendingFields.includes('tags')}>
      <div className={classes.tags} onClick={() => field.current?.focus()}>
        {ticket.tags.map((tag) => (
          <span key={tag} className={classes.tag}>
            {tag}
            <button aria-label={`Remove tag ${tag}`} title="Remove" onClick={() => void change([], [tag])}>
              <IconX size={11} />
            </button>
          </span>
        ))}
        <span className={classes.add}>
          {text === '' && <IconPlus size={12} />}
          <input
            ref={field}
            aria-label="Add a tag"
            placeholder={ticket.tags.length === 0 ? 'Add a tag' : ' '}
            maxLength={LONGEST}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={put}
            onKeyDown={(event) => {
              const last = ticket.tags.at(-1)
              if (event.key === 'Enter' || event.key === ',') put()
              else if (event.key === 'Backspace' && text === '' && last !== undefined) void change([], [last])
              else if (event.key === 'Escape') event.currentTarget.blur()
              else return
              event.preventDefault()
              event.stopPropagation()
            }}
          />
        </span>
      </div>
    </Field>
  )
}
