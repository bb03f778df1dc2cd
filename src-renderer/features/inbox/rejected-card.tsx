import { useRef, useState } from 'react'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { InboxItem } from '../../../src-shared/domain/views.ts'
import { keysText } from '../../app/commands/key-names.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { PageButton } from '../../ui/page.tsx'
import { fieldLabel } from '../ticket/field-label.ts'
import { CardFrame } from './card-frame.tsx'
import { useInboxRow } from './cursor.tsx'
import { aboutText } from './edit-words.ts'
import { FieldInput } from './field-input.tsx'
import classes from './inbox.module.css'
import { patchOf, valueText } from './value-text.ts'

interface RejectedCardProps {
  item: InboxItem
  /** With the text or the values as they were mended; without them as it was. */
  onResend(mended: { text?: string; patch?: TicketPatch }): Promise<void>
  onGiveUp(): Promise<void>
  onOpen(): void
}

/** An edit that the cloud refused: why, and how to mend it, send it again or let it go. */
export function RejectedCard({ item, onResend, onGiveUp, onOpen }: RejectedCardProps) {
  const desk = useDesk()
  const row = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(item.text ?? '')
  const [mended, setMended] = useState<ReadonlyMap<string, unknown>>(new Map())
  const [editing, setEditing] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const isText = item.text !== null
  const isEmpty = isText && text.trim() === ''
  const run = async (act: () => Promise<void>): Promise<void> => {
    if (busy) return
    setBusy(true)
    await act()
    setBusy(false)
  }
  const say = (name: string, value: unknown): string => valueText(name, value, desk, { ...item.people, ...chosen })
  const resend = (): void => {
    if (isEmpty) return field.current?.focus()
    const patch = patchOf(
      item.fields.map((one) => ({
        field: one.field,
        value: mended.has(one.field) ? mended.get(one.field) : one.mine,
      })),
    )
    void run(() => onResend(isText ? (text === item.text ? {} : { text }) : mended.size > 0 ? { patch } : {}))
  }
  const giveUp = (): void => void run(onGiveUp)
  const mend = (): void => {
    if (isText) field.current?.focus()
    else setEditing(item.fields[0]?.field ?? null)
  }
  useInboxRow(row, { other: mend, confirm: resend, giveUp, open: onOpen })
  return (
    <CardFrame item={item} kind="Refused by the cloud" onOpen={onOpen}>
      <div
        ref={row}
        className={classes.rejected}
        role="group"
        aria-label={`Refused edit of ${aboutText(item)}`}
        data-inbox-row
        tabIndex={-1}
      >
        <p className={classes.reason}>{item.reason ?? 'The cloud gave no reason.'}</p>
        {isText && (
          <textarea
            ref={field}
            className={classes.text}
            aria-label={`Text of the refused entry of ${aboutText(item)}`}
            value={text}
            rows={2}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) resend()
              else if (event.key === 'Escape') row.current?.focus()
              else return
              event.preventDefault()
              event.stopPropagation()
            }}
          />
        )}
        {item.fields.length > 0 && (
          <dl className={classes.values}>
            {item.fields.map((one) => {
              const label = fieldLabel(one.field, desk.configuration, one.task)
              const value = mended.has(one.field) ? mended.get(one.field) : one.mine
              return (
                <div key={one.field}>
                  <dt>{label}</dt>
                  <dd>
                    <span className={classes.before}>{say(one.field, one.base)}</span> →{' '}
                    {editing === one.field ? (
                      <FieldInput
                        field={one.field}
                        label={`Mended value of ${label}`}
                        value={value}
                        onChange={(next) => setMended(new Map(mended).set(one.field, next))}
                        onName={(id, name) => setChosen({ ...chosen, [id]: name })}
                        onDone={() => {
                          setEditing(null)
                          row.current?.focus()
                        }}
                      />
                    ) : (
                      <button
                        className={classes.mend}
                        aria-label={`Mend ${label}: ${say(one.field, value)}`}
                        onClick={() => setEditing(one.field)}
                      >
                        {say(one.field, value)}
                      </button>
                    )}
                  </dd>
                </div>
              )
            })}
          </dl>
        )}
      </div>
      <footer className={classes.footer}>
        <span>{isText ? `Mend it with e; ${keysText('Mod+Enter')} sends it from there.` : 'Mend it with e.'}</span>
        <PageButton shortcut="x" disabled={busy} onClick={giveUp}>
          Give up
        </PageButton>
        <PageButton primary shortcut="Enter" disabled={busy || isEmpty} onClick={resend}>
          Send again
        </PageButton>
      </footer>
    </CardFrame>
  )
}
