import { useEffect, useRef, useState } from 'react'
import { BULK_CONFIRM_FROM, type BulkChange, type BulkPreview } from '../../../src-shared/domain/bulk.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { previewBulk } from '../../tenant/bulk.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { counted } from '../../ui/counted.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { PageButton } from '../../ui/page.tsx'
import { Tile } from '../../ui/tile.tsx'
import { openText } from '../ticket/open-parts-question.tsx'
import type { MacroTexts } from '../macros/bulk-texts.ts'
import { sameName } from './same-name.ts'
import { numberText } from './words.ts'
import { BulkNeeded } from './bulk-needed.tsx'
import { BulkParts } from './bulk-parts.tsx'
import { titleOf, type BulkUse } from './bulk-use.ts'
import classes from './bulk.module.css'

interface BulkConfirmProps {
  ids: readonly string[]
  use: BulkUse
  /** @param change with what was filled in for those that needed it */
  onRun(change: BulkChange): void
  onClose(): void
}

/** What a change of many would do, before it is done; for very many, and where the client's people read it, its name has to be typed. */
export function BulkConfirm({ ids, use, onRun, onClose }: BulkConfirmProps) {
  const tenant = useTenant()
  const desk = useDesk()
  const { name, initials, colour, logo } = useIdentity()
  const [fill, setFill] = useState<Record<string, FieldValue> | null>(null)
  const [found, setFound] = useState<{ preview: BulkPreview; fill: typeof fill } | null>(null)
  const [problem, setProblem] = useState('')
  const [typed, setTyped] = useState('')
  const [fresh] = useState(() => tenant.memory.isFresh())
  const form = useRef<HTMLFormElement>(null)
  const [looked, setLooked] = useState(0)
  const { texts } = use
  const change = fill ? { ...use.change, fill } : use.change
  useEffect(() => {
    const over = new AbortController()
    const whole = fill ? { ...use.change, fill } : use.change
    previewBulk(tenant, ids, whole, { onDone: setLooked, signal: over.signal, writing: texts?.write }).then(
      (preview) => over.signal.aborted || setFound({ preview, fill }),
      (error: unknown) => over.signal.aborted || setProblem(problemFrom(error).message),
    )
    return () => over.abort()
  }, [tenant, ids, use, texts, fill])
  const preview = found?.preview ?? null
  const replies = texts?.kind === 'reply' ? (preview?.parts['text'] ?? 0) : 0
  const many = preview !== null && (preview.change >= BULK_CONFIRM_FROM || replies > 0)
  const counts = preview !== null && found?.fill === fill
  const ready = counts && preview.change > 0 && (!many || sameName(typed, name))
  // What Enter means is known when the preview is there; and again where an answer has moved it.
  useEffect(() => {
    const active = document.activeElement
    // Not while somebody types.
    if (!preview || (form.current?.contains(active) && active?.matches('input:not([readonly]), textarea'))) return
    const find = (selector: string): HTMLElement | null | undefined =>
      form.current?.querySelector<HTMLElement>(selector)
    const inputs = form.current?.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), textarea') ?? []
    const open = [...inputs].find(({ value }) => value === '')
    ;(open ?? find('button[data-primary]:enabled') ?? find('button'))?.focus()
  }, [preview])
  const first = texts?.first() ?? null
  const answer = (next: Record<string, FieldValue>): void => {
    setProblem('')
    setFill(next)
  }
  return (
    <Dialog label={`${titleOf(use)}?`} onClose={onClose} className={classes.confirm}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onRun(change)
        }}
      >
        <div className={classes.client}>
          <Tile initials={initials} colour={colour} logo={logo} size={20} /> {name}
        </div>
        <h2>{titleOf(use)}?</h2>
        <p aria-live="polite">
          {problem || (preview ? previewText(ids.length, preview) : countingText(looked, ids.length))}
        </p>
        {preview && <BulkParts {...{ use, change, preview }} />}
        {preview?.priorities && <p>{followsText(preview.priorities, desk)}</p>}
        {preview && <OpenParts preview={preview} />}
        {first && <FirstText first={first} replies={texts?.kind === 'reply'} />}
        {preview && <BulkNeeded needs={preview.needs ?? []} fill={fill ?? {}} onFill={answer} />}
        {many && (
          <label className={classes.typed}>
            <span>
              {fresh && replies > 0 && 'You have only just come here from another client. '}
              Type <b>{name}</b> to{' '}
              {replies > 0
                ? `send ${replies === 1 ? '1 reply' : `${replies.toLocaleString('en')} replies`} to people`
                : `change ${preview.change.toLocaleString('en')} tickets`}{' '}
              of this client
            </span>
            <input
              value={typed}
              spellCheck={false}
              autoComplete="off"
              aria-label={`Type ${name} to confirm`}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        )}
        <div className={classes.actions}>
          <PageButton onClick={onClose} shortcut="Esc">
            Cancel
          </PageButton>
          <PageButton primary shortcut="Enter" disabled={!ready} onClick={() => onRun(change)}>
            {preview && preview.change > 0
              ? `${use.macro ? 'Use on' : 'Change'} ${preview.change.toLocaleString('en')}`
              : preview
                ? 'Nothing to change'
                : 'Change'}
          </PageButton>
        </div>
      </form>
    </Dialog>
  )
}

/** How the text reads on the first ticket that gets it. */
function FirstText({ first, replies }: { first: FirstOf; replies: boolean }) {
  const { number, to, body } = first
  return (
    <figure className={classes.first}>
      <figcaption>
        {replies ? `To ${to ?? 'nobody'} on ${numberText(number)}` : `On ${numberText(number)}`}, and likewise on the
        others. What is written stays when the rest is taken back.
      </figcaption>
      <blockquote>{body}</blockquote>
    </figure>
  )
}

type FirstOf = NonNullable<ReturnType<MacroTexts['first']>>

function OpenParts({ preview }: { preview: BulkPreview }) {
  const text = openText(preview, 'them')
  return text && <p>{text}</p>
}

/** `By the matrix 8 become Urgent, 1 becomes High.`, the most urgent first. */
function followsText(counts: Record<string, number>, { configuration }: Desk): string {
  const parts = configuration.priorities.flatMap(({ key, label }) => {
    const count = counts[key] ?? 0
    return count === 0 ? [] : `${count.toLocaleString('en')} ${count === 1 ? 'becomes' : 'become'} ${label}`
  })
  return `By the matrix ${parts.join(', ')}.`
}

function countingText(looked: number, total: number): string {
  return looked === 0 ? 'Counting…' : `Counting: ${looked.toLocaleString('en')} of ${total.toLocaleString('en')} …`
}

/** `14 tickets: 12 change, 2 have it already.` */
export function previewText(
  total: number,
  { change, same, gone, held }: Pick<BulkPreview, 'change' | 'same' | 'gone' | 'held'>,
): string {
  const parts = [
    change > 0 || same + gone + (held?.count ?? 0) === 0
      ? `${change.toLocaleString('en')} ${change === 1 ? 'changes' : 'change'}`
      : 'none changes',
    ...(same > 0 ? [`${same.toLocaleString('en')} ${same === 1 ? 'has' : 'have'} it already`] : []),
    ...(gone > 0 ? [`${gone.toLocaleString('en')} ${gone === 1 ? 'is' : 'are'} not here any more`] : []),
    ...(held ? [`${held.count.toLocaleString('en')} ${held.count === 1 ? 'stays' : 'stay'} as before`] : []),
  ]
  const why = held ? ` ${held.why}` : ''
  return `${counted(total, 'ticket')}: ${parts.join(', ')}.${why}`
}
