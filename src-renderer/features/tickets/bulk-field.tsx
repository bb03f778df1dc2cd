import { go } from 'fuzzysort'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { choosable, type CustomField } from '../../../src-shared/domain/configuration.ts'
import { isFilled, misfitOf } from '../../../src-shared/domain/field-states.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { counted } from '../../ui/counted.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { PageButton } from '../../ui/page.tsx'
import { Marked, Picker } from '../../ui/picker.tsx'
import { About } from '../ticket/about.tsx'
import { CustomFieldInput } from '../ticket/custom-field.tsx'
import classes from '../ticket/needed.module.css'
import { patchOf } from './bulk-choices.tsx'
import own from './bulk.module.css'

interface BulkFieldProps {
  desk: Desk
  /** How many tickets were chosen. */
  count: number
  onPick(change: BulkChange): void
  onClose(): void
}

/** Chooses one of the client's own fields by its name, then the value that many tickets get. */
export function BulkField({ desk, count, onPick, onClose }: BulkFieldProps) {
  const fields = useMemo(() => choosable(desk.configuration.customFields), [desk])
  const [field, setField] = useState<CustomField | null>(null)
  const search = useCallback(
    (text: string): { field: CustomField; indexes: readonly number[] }[] => {
      if (text.trim() === '') return fields.map((one) => ({ field: one, indexes: [] }))
      return go(text.trim(), fields, { key: 'label', limit: 0, threshold: 0.2 }).map((result) => ({
        ...{ field: result.obj, indexes: [...result.indexes] },
      }))
    },
    [fields],
  )
  if (field) {
    const set = (value: FieldValue): void => onPick(patchOf({ customFields: { [field.key]: value } }))
    return <FieldValueDialog field={field} count={count} onPick={set} onClose={onClose} />
  }
  return (
    <Picker
      label="Set a field"
      placeholder="Set a field"
      context={<About>{counted(count, 'ticket')}</About>}
      search={search}
      keyOf={(item) => item.field.key}
      render={(item) => (
        <span>
          <Marked text={item.field.label} indexes={item.indexes} />
        </span>
      )}
      empty="No field of this client goes by that name."
      onPick={(item) => setField(item.field)}
      onClose={onClose}
    />
  )
}

interface FieldValueDialogProps {
  field: CustomField
  count: number
  onPick(value: FieldValue): void
  onClose(): void
}

function FieldValueDialog({ field, count, onPick, onClose }: FieldValueDialogProps) {
  const ticks = field.type === 'checkbox'
  // An input gives its value when it is left, in the same breath as Enter is pressed.
  const given = useRef<FieldValue>(ticks ? true : null)
  const [value, setValue] = useState(given.current)
  const [problem, setProblem] = useState<string | null>(null)
  const area = useRef<HTMLDivElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const input = (): HTMLElement | null | undefined =>
    area.current?.querySelector<HTMLElement>('input, textarea, button')
  useEffect(() => {
    // Some inputs are loaded when they are needed.
    const loaded = new MutationObserver(() => focus())
    const focus = (): void => {
      input()?.focus()
      if (input()) loaded.disconnect()
    }
    if (area.current) loaded.observe(area.current, { childList: true, subtree: true })
    focus()
    return () => loaded.disconnect()
  }, [])
  const set = (next: FieldValue): void => {
    given.current = next
    setValue(next)
    setProblem(null)
    // Enter would open the list again.
    if (next !== null && (field.type === 'select' || field.type === 'person'))
      [...(form.current?.querySelectorAll('button') ?? [])].at(-1)?.focus()
  }
  const isSet = isFilled(value) || ticks
  const choose = (): void => {
    // What was typed counts, or says that it does not fit.
    flushSync(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
    const wrong = misfitOf(field, given.current)
    setProblem(wrong)
    if (wrong !== null || area.current?.querySelector('[aria-invalid]')) return input()?.focus()
    onPick(isFilled(given.current) || ticks ? given.current : null)
  }
  return (
    <Dialog label={`Set ${field.label}`} className={classes.dialog} onClose={onClose}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          choose()
        }}
        onKeyDown={(event) => {
          const lines = event.target instanceof HTMLTextAreaElement
          const isField = lines || event.target instanceof HTMLInputElement
          if (event.key !== 'Enter' || event.defaultPrevented || !isField) return
          if (lines && !event.ctrlKey && !event.metaKey) return
          event.preventDefault()
          choose()
        }}
      >
        <h2>Set {field.label}</h2>
        <p role={problem === null ? undefined : 'alert'} data-bad={problem !== null || undefined}>
          {problem ??
            (ticks
              ? `For ${counted(count, 'ticket')}.`
              : `For ${counted(count, 'ticket')}. Left empty, it is emptied.`)}
        </p>
        <div ref={area} className={classes.fields}>
          {ticks ? (
            <label className={own.ticked}>
              <CustomFieldInput field={field} inDialog value={value} onChange={set} /> {value === true ? 'Yes' : 'No'}
            </label>
          ) : (
            <CustomFieldInput field={field} inDialog value={value} onChange={set} />
          )}
        </div>
        <div className={classes.actions}>
          <PageButton onClick={onClose} shortcut="Esc">
            Cancel
          </PageButton>
          <PageButton primary={isSet} shortcut="Enter" onClick={choose}>
            {isSet ? 'Set' : 'Empty'} {field.label}
          </PageButton>
        </div>
      </form>
    </Dialog>
  )
}
