import { useRef, useState } from 'react'
import type { FieldChoice, InboxItem } from '../../../src-shared/domain/views.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { fieldLabel } from '../ticket/field-label.ts'
import { CardFrame } from './card-frame.tsx'
import { FieldRow, type Choice } from './field-row.tsx'
import { PageButton } from '../../ui/page.tsx'
import classes from './inbox.module.css'

interface ConflictCardProps {
  item: InboxItem
  onResolve(choices: FieldChoice[]): Promise<void>
  onOpen(): void
}

/** Fields that two people changed at once, side by side, each decided by one key. */
export function ConflictCard({ item, onResolve, onOpen }: ConflictCardProps) {
  const desk = useDesk()
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map())
  const [busy, setBusy] = useState(false)
  const list = useRef<HTMLDivElement>(null)
  const left = item.fields.filter(({ field }) => !choices.has(field))
  const choose = (field: string, choice: Choice): void => {
    const next = new Map(choices).set(field, choice)
    setChoices(next)
    if (choice.choice !== 'other') focusField(item.fields.find((one) => !next.has(one.field))?.field)
  }
  const focusField = (field: string | undefined): void => {
    const rows = list.current?.querySelectorAll<HTMLElement>('[data-inbox-row]') ?? []
    for (const row of rows) if (row.dataset['field'] === field) row.focus()
  }
  const confirm = async (): Promise<void> => {
    if (busy) return
    if (left.length > 0) return focusField(left[0]?.field)
    setBusy(true)
    await onResolve(
      item.fields.map(({ field }) => ({ field, ...(choices.get(field) ?? { choice: 'theirs' as const }) })),
    )
    setBusy(false)
  }
  return (
    <CardFrame item={item} kind="Changed by two people" onOpen={onOpen}>
      <div ref={list}>
        <div className={classes.columns} aria-hidden>
          <span />
          <span>Before</span>
          <span>Yours</span>
          <span>Theirs</span>
          <span />
        </div>
        {item.fields.map((field) => (
          <FieldRow
            key={field.field}
            field={field}
            people={item.people}
            label={fieldLabel(field.field, desk.configuration, field.task)}
            choice={choices.get(field.field) ?? null}
            onChoose={(choice) => choose(field.field, choice)}
            onConfirm={() => void confirm()}
            onOpen={onOpen}
          />
        ))}
      </div>
      <footer className={classes.footer}>
        <span aria-live="polite">
          {left.length > 0
            ? `Theirs is on view until you decide ${left.length === 1 ? (item.fields.length === 1 ? 'it' : 'one more field') : `${left.length} fields`}.`
            : 'Decided. Save it to send your choice.'}
        </span>
        <PageButton primary shortcut="Enter" disabled={left.length > 0 || busy} onClick={() => void confirm()}>
          Save decision
        </PageButton>
      </footer>
    </CardFrame>
  )
}
