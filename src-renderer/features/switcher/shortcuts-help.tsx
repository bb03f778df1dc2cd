import { useState, type KeyboardEvent } from 'react'
import { combinationOf, type Command } from '../../app/commands/commands.ts'
import { Keys } from '../../app/commands/keys.tsx'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { useSettings } from '../../app/console/context.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { askFor, takeKey, type KeyChoice, type OwnKeys } from './own-keys.ts'
import classes from './switcher.module.css'

const GROUPS = ['Go to', 'Clients', 'List', 'Ticket', 'Inbox', 'Console'] as const
const HINT = 'Enter on a line, then the key that you want. Backspace gives the first key back.'

/** The keys that work on the screen that it was opened on, and how to choose others. */
export function ShortcutsHelp({ onClose }: { onClose(): void }) {
  const registry = useRegistry()
  const [{ keys: own }, change] = useSettings()
  const [choice, setChoice] = useState<KeyChoice | null>(null)
  const [said, setSaid] = useState('')
  const commands = registry.all().filter(({ id, keys }) => !keys.includes('*') && (keys.length > 0 || id in own))

  const keep = (next: OwnKeys): void => {
    // At once, so that this list shows what is in force.
    registry.own = next
    change({ keys: next })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const { nativeEvent } = event
    if (nativeEvent.isComposing) return
    if (choice) {
      // The dialog hears of it as of a wish to close.
      if (event.key === 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      const taken = takeKey(choice, combinationOf(nativeEvent), registry, own)
      setSaid(taken.text)
      setChoice(taken.choice)
      if (taken.own) keep(taken.own)
      return
    }
    move(event)
  }
  const stop = (): void => {
    setChoice(null)
    setSaid('')
  }
  return (
    <Dialog label="Keyboard shortcuts" onClose={choice ? stop : onClose} className={classes.help}>
      <div className={classes.helpHead}>
        <h2>Keyboard shortcuts</h2>
        {Object.keys(own).length > 0 && (
          <button className={classes.reset} onClick={() => keep({})}>
            Give all first keys back
          </button>
        )}
      </div>
      <div className={classes.columns} onKeyDown={onKeyDown} role="presentation">
        {GROUPS.map((group) => {
          const some = commands.filter((command) => command.group === group)
          if (some.length === 0) return null
          return (
            <section key={group} className={classes.section}>
              <h3>{group}</h3>
              {some.map((command) => (
                <Line
                  key={command.id}
                  command={command}
                  own={command.id in own}
                  choosing={choice?.id === command.id}
                  onChoose={() => {
                    setChoice({ id: command.id, title: command.title, asked: null, first: null })
                    setSaid(askFor(command.title))
                  }}
                  onGiveBack={() => {
                    keep(without(own, command.id))
                    setSaid(`“${command.title}” has its first key again.`)
                  }}
                  onLeave={() => choice?.id === command.id && stop()}
                />
              ))}
            </section>
          )
        })}
      </div>
      <p className={classes.hint} role="status">
        {said || HINT}
      </p>
    </Dialog>
  )
}

interface LineProps {
  command: Command
  own: boolean
  choosing: boolean
  onChoose(): void
  onGiveBack(): void
  onLeave(): void
}

function Line({ command: { title, keys }, own, choosing, onChoose, onGiveBack, onLeave }: LineProps) {
  return (
    <button
      className={classes.line}
      aria-pressed={choosing}
      data-own={own || undefined}
      onClick={onChoose}
      onBlur={onLeave}
      onKeyDown={(event) => {
        if (choosing || (event.key !== 'Backspace' && event.key !== 'Delete')) return
        event.preventDefault()
        if (own) onGiveBack()
      }}
    >
      <span>{title}</span>
      <span className={classes.alternatives}>
        {choosing ? <kbd>…</kbd> : keys.length > 0 ? keys.map((one) => <Keys key={one} combination={one} />) : 'no key'}
      </span>
    </button>
  )
}

function without(own: OwnKeys, id: string): OwnKeys {
  return Object.fromEntries(Object.entries(own).filter(([one]) => one !== id))
}

/** Arrows go from line to line. */
function move(event: KeyboardEvent): void {
  const by = event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0
  if (by === 0) return
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
  const at = lines.indexOf(document.activeElement as HTMLElement)
  lines[Math.max(0, Math.min(lines.length - 1, at + by))]?.focus()
  event.preventDefault()
}
