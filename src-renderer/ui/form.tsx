import { Button } from '@mantine/core'
import { useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react'
import { problemFrom } from '../app/channel/link.ts'
import type { Problem } from '../../src-shared/problem.ts'
import classes from './section.module.css'

interface FormState {
  busy: boolean
  problem: Problem | null
  /** Runs one at a time; what it throws is told. @returns whether it was done */
  run(act: () => Promise<unknown>): Promise<boolean>
}

/** What a form needs beside its fields. */
export function useForm(): FormState {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const running = useRef(false)
  return {
    busy,
    problem,
    async run(act) {
      if (running.current) return false
      running.current = true
      setBusy(true)
      setProblem(null)
      try {
        await act()
        return true
      } catch (error) {
        setProblem(problemFrom(error))
        return false
      } finally {
        running.current = false
        setBusy(false)
      }
    },
  }
}

interface FormProps {
  label: string
  state: FormState
  /** The verb on the button. */
  action: string
  ready: boolean
  danger?: boolean
  /** Without the line below it. */
  bare?: boolean
  /** Its button has the focus: there is nothing to fill in. */
  focus?: boolean
  onSubmit(): void
  onCancel?: () => void
  children: ReactNode
}

/** Fields with their button, and the sentence of what went wrong. */
export function Form({ label, state, action, ready, danger, bare, focus, onSubmit, onCancel, children }: FormProps) {
  const submit = (event: FormEvent | KeyboardEvent): void => {
    event.preventDefault()
    if (ready) onSubmit()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !state.busy) return submit(event)
    if (event.key !== 'Escape' || !onCancel || state.busy) return
    event.preventDefault()
    event.stopPropagation()
    onCancel()
  }
  return (
    <form
      className={classes.form}
      data-bare={bare || undefined}
      aria-label={label}
      onSubmit={submit}
      onKeyDown={onKeyDown}
    >
      {children}
      {state.problem && (
        <p className={classes.problem} role="alert">
          {state.problem.message}
        </p>
      )}
      <div className={classes.actions}>
        <Button
          type="submit"
          size="sm"
          loading={state.busy}
          disabled={!ready}
          {...(focus ? { autoFocus: true } : {})}
          {...(danger ? { color: 'red' } : {})}
        >
          {action}
        </Button>
        {onCancel && (
          <Button size="sm" variant="default" disabled={state.busy} onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  )
}
