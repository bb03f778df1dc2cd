import { useEffect, useRef, useState } from 'react'
import { PageButton } from '../../ui/page.tsx'
import classes from './views.module.css'

interface ViewFormProps {
  name: string
  shared: boolean
  /** The verb on the button. */
  action: string
  onDone(name: string, shared: boolean): void
}

/** A view's name, and who sees it. */
export function ViewForm({ name, shared, action, onDone }: ViewFormProps) {
  const [text, setText] = useState(name)
  const [everybody, setEverybody] = useState(shared)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  const ready = text.trim() !== ''
  const done = (): void => {
    if (ready) onDone(text.trim(), everybody)
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        done()
      }}
    >
      <input
        ref={field}
        className={classes.field}
        aria-label="Name of the view"
        placeholder="Name of the view"
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={classes.line}>
        <label>
          <input type="checkbox" checked={everybody} onChange={(event) => setEverybody(event.target.checked)} />{' '}
          Everybody sees it
        </label>
        <PageButton primary shortcut="Enter" disabled={!ready} onClick={done}>
          {action}
        </PageButton>
      </div>
    </form>
  )
}
