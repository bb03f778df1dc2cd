import { IconCode } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { CopyButton } from './copy-button.tsx'
import { maybeMarked } from './maybe-marked.ts'
import classes from './written.module.css'

interface AsTypedProps {
  text: string
  /** Whether the text is shown as it was typed. */
  typed: boolean
  onChange(typed: boolean): void
}

/**
 * How one text is shown.
 * @param all how all are, unless a person said otherwise of this one since
 */
export function useAsTyped(text: string, all: boolean): AsTypedProps {
  const [own, setOwn] = useState<{ typed: boolean; all: boolean } | null>(null)
  return { text, typed: own?.all === all ? own.typed : all, onChange: (typed) => setOwn({ typed, all }) }
}

/** Shows a text as it was typed, to look at its marks and to copy it; there only where it may have marks. */
export function AsTyped({ text, typed, onChange }: AsTypedProps) {
  const marked = useMemo(() => maybeMarked(text), [text])
  if (!marked) return null
  return (
    <span className={classes.asTyped} data-typed={typed || undefined}>
      {typed && <CopyButton text={text} />}
      <button
        type="button"
        aria-pressed={typed}
        title={typed ? 'Show it formatted' : 'Show it as it was typed'}
        onClick={() => onChange(!typed)}
      >
        <IconCode size={13} aria-hidden /> As typed
      </button>
    </span>
  )
}
