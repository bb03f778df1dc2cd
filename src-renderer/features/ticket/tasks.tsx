import { IconX } from '@tabler/icons-react'
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import {
  DELETED_TASK,
  isLate,
  MAX_TASK_TEXT,
  movedTask,
  tasksBack,
  tasksInOrder,
} from '../../../src-shared/domain/task-list.ts'
import type { Task, TasksPatch } from '../../../src-shared/domain/tasks.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useArrived } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { editTasks } from '../../tenant/ticket-tasks.ts'
import { PendingMark } from '../../ui/pending-mark.tsx'
import { dateTime, useMinute } from '../../ui/time.ts'
import { SnoozeDialog } from '../snooze/later.ts'
import { numberText } from '../tickets/words.ts'
import { ChoiceDialog } from './choice-dialog.tsx'
import { whose } from './describe-patch.ts'
import classes from './tasks.module.css'
import inputs from './inputs.module.css'
import ticketClasses from './ticket.module.css'
import { useAct } from './use-act.ts'

interface TasksProps {
  detail: TicketDetail
  /** Counts how often somebody asked to add one; 0 where nobody did. */
  adding: number
  /** Back to the ticket. */
  onLeave(): void
}

/** What is to be done for a ticket: arrows lead from task to task, Space ticks one, and the field below adds them. */
export function Tasks({ detail: { ticket, pendingFields }, adding, onLeave }: TasksProps) {
  const tenant = useTenant()
  const desk = useDesk()
  const { me } = desk
  const act = useAct()
  const undo = useUndo()
  const list = useRef<HTMLUListElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [editing, setEditing] = useState<string | null>(null)
  const [asking, setAsking] = useState<Asking | null>(null)
  const now = useMinute()
  useLayoutEffect(() => {
    if (adding > 0) field.current?.focus()
  }, [adding])
  useArrived('tasks')
  const tasks = tasksInOrder(ticket.tasks)
  const done = tasks.filter((task) => task.done).length
  const late = tasks.filter((task) => isLate(task, now)).length
  const name = `Ticket ${numberText(ticket.number)}`

  const run = (patch: TasksPatch): Promise<boolean> =>
    act(`The tasks of ${name.toLowerCase()} were not changed.`, () => editTasks(tenant, ticket.id, patch))
  const change = async (patch: TasksPatch, said: string): Promise<boolean> => {
    const back = tasksBack(patch, ticket.tasks)
    if (!(await run(patch))) return false
    undo.offer(`${name}: ${said}`, () => void run(back))
    return true
  }
  const add = (lines: readonly string[]): Promise<boolean> => {
    const texts = lines.map((line) => line.trim()).filter((line) => line !== '')
    const last = tasks.at(-1)?.position ?? 0
    const added = texts.map((one, i) => [crypto.randomUUID(), { text: one, done: false, position: last + 1 + i }])
    if (added.length === 0) return Promise.resolve(true)
    return change(Object.fromEntries(added) as TasksPatch, added.length === 1 ? 'task added' : 'tasks added')
  }
  const put = async (): Promise<void> => {
    setText('')
    if (!(await add([text]))) setText(text)
  }
  const focus = (id: string | undefined): void => {
    const box = id && list.current?.querySelector<HTMLElement>(`[data-task="${id}"]`)
    ;(box || field.current)?.focus()
  }
  const step = (id: string, by: -1 | 1): void => {
    const at = tasks.findIndex((task) => task.id === id) + by
    if (at >= 0) focus(tasks[at]?.id)
  }
  const tick = (task: Task & { id: string }): void =>
    void change({ [task.id]: { done: !task.done } }, task.done ? 'task open again' : 'task done')
  const remove = (id: string): void => {
    const at = tasks.findIndex((task) => task.id === id)
    focus((tasks[at + 1] ?? tasks[at - 1])?.id)
    void change({ [id]: DELETED_TASK }, 'task deleted')
  }
  const move = (id: string, by: -1 | 1): void => {
    const patch = movedTask(ticket.tasks, id, by)
    if (patch) void change(patch, 'task moved')
  }
  const take = ({ id, assigneeId }: Task & { id: string }): void => {
    if (!me) return
    const mine = assigneeId === me
    void change({ [id]: { assigneeId: mine ? null : me } }, mine ? 'task is nobody’s' : 'task is yours')
  }
  const give = ({ task }: Asking, patch?: TasksPatch[string], said = ''): void => {
    setAsking(null)
    focus(task.id)
    if (patch) void change({ [task.id]: patch }, said)
  }
  const keyOn = (task: Task & { id: string }, event: KeyboardEvent): void => {
    const { key, altKey, ctrlKey, metaKey } = event
    const by = key === 'ArrowUp' || key === 'k' ? -1 : key === 'ArrowDown' || key === 'j' ? 1 : null
    if (ctrlKey || metaKey) return
    if (by !== null) (altKey ? move : step)(task.id, by)
    else if (key === ' ' || key === 'x') tick(task)
    else if (key === 'Delete' || key === 'Backspace') remove(task.id)
    else if (key === 'Enter') setEditing(task.id)
    else if (key === 'i') take(task)
    else if (key === 'd' || key === 'a') setAsking({ what: key === 'd' ? 'due' : 'assignee', task })
    else if (key === 'Escape') onLeave()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <section className={ticketClasses.group} aria-label="Tasks">
      <header className={classes.head}>
        <h3>Tasks</h3>
        {tasks.length > 0 && (
          <span>
            {done} of {tasks.length}
            {late > 0 && <b> · {late} late</b>}
          </span>
        )}
      </header>
      <ul ref={list} className={classes.list}>
        {tasks.map((task, at) => (
          <li key={task.id} data-done={task.done || undefined}>
            {pendingFields.some((one) => one.startsWith(`tasks.${task.id}.`)) && (
              <PendingMark className={classes.pending} />
            )}
            <input
              type="checkbox"
              className={inputs.checkbox}
              aria-label={task.text}
              data-task={task.id}
              // Tab passes the list by with one step.
              tabIndex={at === 0 ? 0 : -1}
              checked={task.done}
              onChange={() => tick(task)}
              onKeyDown={(event) => keyOn(task, event)}
            />
            {editing === task.id ? (
              <TaskText
                text={task.text}
                onDone={(next) => {
                  setEditing(null)
                  focus(task.id)
                  if (next !== null && next !== task.text) void change({ [task.id]: { text: next } }, 'task changed')
                }}
              />
            ) : (
              <button className={classes.text} tabIndex={-1} title="Change (Enter)" onClick={() => setEditing(task.id)}>
                {task.text}
                <Meta task={task} now={now} />
              </button>
            )}
            <button
              className={classes.remove}
              tabIndex={-1}
              aria-label={`Delete the task ${task.text}`}
              title="Delete (Del)"
              onClick={() => remove(task.id)}
            >
              <IconX size={12} />
            </button>
          </li>
        ))}
      </ul>
      <input
        ref={field}
        className={`${inputs.input} ${classes.add}`}
        aria-label="Add a task"
        placeholder="Add a task"
        maxLength={MAX_TASK_TEXT}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPaste={(event) => {
          const lines = event.clipboardData.getData('text').split(/\r?\n/)
          if (lines.filter((line) => line.trim() !== '').length < 2) return
          event.preventDefault()
          void add(lines)
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') void put()
          else if (event.key === 'ArrowUp') focus(tasks.at(-1)?.id)
          else if (event.key === 'Escape') onLeave()
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      {tasks.length > 0 && (
        <p className={classes.keys}>
          ↑↓ moves · Space ticks · Enter changes · Del deletes · Alt+↑↓ puts in order · d due · a for whom · i makes it
          yours
        </p>
      )}
      {asking?.what === 'due' && (
        <SnoozeDialog
          what={asking.task.text}
          asleep={asking.task.dueAt != null}
          words={DUE}
          onPick={(dueAt) => give(asking, { dueAt }, dueAt ? `task is due ${dateTime(dueAt)}` : 'task is not due')}
          onClose={() => give(asking)}
        />
      )}
      {asking?.what === 'assignee' && (
        <ChoiceDialog
          kind="assignee"
          ticket={{ ...ticket, subject: asking.task.text, assigneeId: asking.task.assigneeId ?? null }}
          desk={desk}
          onPick={({ assigneeId = null }) =>
            give(
              asking,
              { assigneeId },
              assigneeId === null ? 'task is nobody’s' : `task is for ${whose(assigneeId, desk)}`,
            )
          }
          onClose={() => give(asking)}
        />
      )}
    </section>
  )
}

const DUE = { label: 'Due', none: 'Not due' }

/** What is asked of a task. */
interface Asking {
  what: 'due' | 'assignee'
  task: Task & { id: string }
}

/** Whose a task is, when it is due and who did it. */
function Meta({ task, now }: { task: Task; now: number }) {
  const { done, doneBy, assigneeId, dueAt } = task
  const desk = useDesk()
  const who = (id: string): string => whose(id, desk)
  const late = isLate(task, now)
  const parts = [
    ...(assigneeId && !done ? [`for ${who(assigneeId)}`] : []),
    ...(dueAt && !done ? [`${late ? 'late, was due' : 'due'} ${dateTime(dueAt)}`] : []),
    ...(done && doneBy ? [`done by ${who(doneBy)}`] : []),
  ]
  return parts.length > 0 && <small data-late={late || undefined}>{parts.join(' · ')}</small>
}

interface TaskTextProps {
  text: string
  /** Null where it stays as it was. */
  onDone(text: string | null): void
}

function TaskText({ text, onDone }: TaskTextProps) {
  const field = useRef<HTMLInputElement>(null)
  const over = useRef(false)
  useLayoutEffect(() => field.current?.focus(), [])
  const end = (next: string | null): void => {
    if (over.current) return
    over.current = true
    onDone(next)
  }
  return (
    <input
      ref={field}
      className={classes.edit}
      aria-label={`Text of the task ${text}`}
      maxLength={MAX_TASK_TEXT}
      defaultValue={text}
      onBlur={(event) => end(event.target.value.trim() || null)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') end(event.currentTarget.value.trim() || null)
        else if (event.key === 'Escape') end(null)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}
