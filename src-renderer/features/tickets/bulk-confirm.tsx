import { useEffect, useRef, useState } from 'react'
import { BULK_CONFIRM_FROM, type BulkChange, type BulkPreview } from '../../../src-shared/domain/bulk.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { previewBulk } from '../../tenant/bulk.ts'
import { useSummary, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { counted } from '../../ui/counted.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { PageButton } from '../../ui/page.tsx'
import { Tile } from '../../ui/tile.tsx'
import { openText } from '../ticket/open-parts-question.tsx'
import classes from './bulk.module.css'

interface BulkConfirmProps {
  ids: readonly string[]
  change: BulkChange
  /** The change in words. */
  what: string
  onRun(): void
  onClose(): void
}

/** What a change of many would do, before it is done; for very many the client's name has to be typed. */
export function BulkConfirm({ ids, change, what, onRun, onClose }: BulkConfirmProps) {
  const tenant = useTenant()
  const desk = useDesk()
  const { name, initials, colour, logo } = useSummary()
  const [preview, setPreview] = useState<BulkPreview | null>(null)
  const [problem, setProblem] = useState('')
  const [typed, setTyped] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const [looked, setLooked] = useState(0)
  useEffect(() => {
    const over = new AbortController()
    previewBulk(tenant, ids, change, { onDone: setLooked, signal: over.signal }).then(
      (whole) => over.signal.aborted || setPreview(whole),
      (error: unknown) => over.signal.aborted || setProblem(problemFrom(error).message),
    )
    return () => over.abort()
  }, [tenant, ids, change])
  const many = preview !== null && preview.change >= BULK_CONFIRM_FROM
  const ready = preview !== null && preview.change > 0 && (!many || sameName(typed, name))
  // What Enter means is known when the preview is there.
  useEffect(() => {
    if (!preview) return
    const find = (selector: string): HTMLElement | null | undefined =>
      form.current?.querySelector<HTMLElement>(selector)
    ;(find('input') ?? find('button[data-primary]:enabled') ?? find('button'))?.focus()
  }, [preview])
  return (
    <Dialog label={`${capital(what)}?`} onClose={onClose} className={classes.confirm}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onRun()
        }}
      >
        <div className={classes.client}>
          <Tile initials={initials} colour={colour} logo={logo} size={20} /> {name}
        </div>
        <h2>{capital(what)}?</h2>
        <p aria-live="polite">
          {problem || (preview ? previewText(ids.length, preview) : countingText(looked, ids.length))}
        </p>
        {preview?.priorities && <p>{followsText(preview.priorities, desk)}</p>}
        {preview && <OpenParts preview={preview} />}
        {many && (
          <label className={classes.typed}>
            <span>
              Type <b>{name}</b> to change {preview.change.toLocaleString('en')} tickets of this client
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
          <PageButton primary shortcut="Enter" disabled={!ready} onClick={onRun}>
            {preview && preview.change > 0
              ? `Change ${preview.change.toLocaleString('en')}`
              : preview
                ? 'Nothing to change'
                : 'Change'}
          </PageButton>
        </div>
      </form>
    </Dialog>
  )
}

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

/** Whether the name that was typed is the client's, whatever its case. */
export function sameName(typed: string, name: string): boolean {
  return typed.trim().toLocaleLowerCase() === name.trim().toLocaleLowerCase()
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
