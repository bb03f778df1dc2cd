import { IconDoorExit } from '@tabler/icons-react'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { LeftBehind as Left } from '../../../src-shared/domain/left-behind.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useClients, useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { bytes } from '../../ui/bytes.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { counted } from '../../ui/counted.ts'
import { PageButton } from '../../ui/page.tsx'
import { dateText } from '../../ui/time.ts'
import classes from './left-behind.module.css'

const KEY = 'g b'

/** Clients that are not in the list any more and whose files are still here, quietly, until somebody decides. */
export function LeftBehind() {
  const { client } = useConsole()
  const clients = useClients()
  const keyOf = useKeyOf()
  const go = useGo()
  const [left, setLeft] = useState<Left[]>([])
  const [open, setOpen] = useState(false)
  const [asked, setAsked] = useState<Left | null>(null)
  const [said, setSaid] = useState({ text: '', bad: false })
  const list = useRef<HTMLUListElement>(null)
  const read = useCallback(
    () => client.clients.leftBehind.query().then(setLeft, (error: unknown) => tell(problemFrom(error).message, true)),
    [client],
  )
  const tell = (text: string, bad = false): void => setSaid({ text, bad })
  // One that leaves the list may leave files behind; one that comes back has none left behind.
  const ids = [...clients.keys()].sort().join()
  useEffect(() => void read(), [read, ids])
  useLayoutEffect(() => {
    if (open) list.current?.querySelector('button')?.focus()
  }, [open])

  const decide = async (work: Promise<unknown>, done: string): Promise<void> => {
    try {
      await work
      tell(done)
    } catch (error) {
      tell(problemFrom(error).message, true)
    }
    await read()
    list.current?.querySelector('button')?.focus()
  }
  const keep = ({ id, name }: Left): void =>
    void decide(
      client.clients.keepFiles.mutate({ tenantId: id }),
      `The files of ${name} are kept. They open again when it comes back to your list.`,
    )
  const remove = ({ id, name }: Left): void => {
    setAsked(null)
    void decide(
      client.clients.removeFiles.mutate({ tenantId: id }),
      `The files of ${name} and their key are removed from this machine.`,
    )
  }
  const unsent = [...clients.values()].filter(({ sync }) => sync.problem?.code === 'client-left')
  const some = left.length + unsent.length > 0
  const toggle = (): void => {
    tell('')
    setOpen(!open)
  }
  useCommands([
    ...(some
      ? [
          {
            ...{ id: 'left-behind', title: 'Decide about the files of clients that left', keys: [KEY] },
            ...{ group: 'Clients' as const, run: toggle },
          },
        ]
      : []),
    ...(open && some
      ? [
          {
            ...{ id: 'left-behind-close', title: 'Close the files of clients that left', keys: ['Escape'] },
            ...{ group: 'Clients' as const, palette: false as const, run: () => setOpen(false) },
          },
        ]
      : []),
  ])
  if (!some && said.text === '') return null
  const total = left.reduce((sum, one) => sum + one.bytes, 0)
  return (
    <section className={classes.left} aria-label="Clients that left">
      {some && (
        <button className={classes.line} aria-expanded={open} onClick={toggle}>
          <IconDoorExit size={16} />
          <span>{sentence(left.length, total, unsent.length)}</span>
          <b>{open ? 'Later' : 'Decide'}</b> <kbd aria-hidden>{keyOf('left-behind', KEY)}</kbd>
        </button>
      )}
      <p className={classes.said} data-bad={said.bad || undefined} role="status">
        {said.text}
      </p>
      {open && some && (
        <ul ref={list} className={classes.rows} onKeyDown={moveFocus}>
          {left.map((one) => (
            <li key={one.id}>
              <span>
                <b>{one.name}</b>
                <small>
                  Left {dateText(one.at)}, {bytes(one.bytes)}
                  {one.undecided > 0 && `, ${counted(one.undecided, 'edit')} that could not be saved`}
                </small>
              </span>
              <PageButton onClick={() => keep(one)}>
                Keep <span className={classes.hidden}>the files of {one.name}</span>
              </PageButton>
              <PageButton onClick={() => setAsked(one)}>
                Remove… <span className={classes.hidden}>the files of {one.name}</span>
              </PageButton>
            </li>
          ))}
          {unsent.map(({ id, name, sync }) => (
            <li key={id}>
              <span>
                <b>{name}</b>
                <small>
                  {counted(sync.pending, 'edit')} did not reach the cloud. Withdraw {sync.pending === 1 ? 'it' : 'them'}{' '}
                  on its sync page, then its files can be removed.
                </small>
              </span>
              <PageButton onClick={() => go(places.sync(id))}>
                Look at {sync.pending === 1 ? 'it' : 'them'} <span className={classes.hidden}>of {name}</span>
              </PageButton>
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={`Remove the files of ${asked.name}`}
          text={`${lost(asked)} Its credentials, its drafts and its audit trail on this machine go with its files and their key: nobody can read them afterwards.`}
          action="Remove its files"
          danger
          onConfirm={() => remove(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  )
}

function sentence(count: number, total: number, unsent: number): string {
  const files = `The files of ${counted(count, 'client')} that left your list are still on this machine (${bytes(total)}, encrypted)`
  const waiting = `${counted(unsent, 'client')} left with edits that were not sent`
  return [count > 0 && files, unsent > 0 && waiting].filter(Boolean).join('; ')
}

function lost({ undecided }: Left): string {
  if (undecided === 0) return 'No edit of yours waits there.'
  return `${counted(undecided, 'edit')} of yours could not be saved and nobody decided about ${undecided === 1 ? 'it: it is' : 'them: they are'} lost.`
}

/** Arrows go from button to button. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
  if (by === undefined) return
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + by]
  if (!next) return
  event.preventDefault()
  next.focus()
}
