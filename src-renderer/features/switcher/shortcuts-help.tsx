import { useState } from 'react'
import { Keys } from '../../app/commands/keys.tsx'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import classes from './switcher.module.css'

const GROUPS = ['Go to', 'Clients', 'List', 'Ticket', 'Inbox', 'Console'] as const

/** The keys that work on the screen that it was opened on. */
export function ShortcutsHelp({ onClose }: { onClose(): void }) {
  const registry = useRegistry()
  const [commands] = useState(() => registry.all().filter((command) => command.keys.length > 0))
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose} className={classes.help}>
      <h2>Keyboard shortcuts</h2>
      <div className={classes.columns}>
        {GROUPS.map((group) => {
          const some = commands.filter((command) => command.group === group && !command.keys.includes('*'))
          if (some.length === 0) return null
          return (
            <section key={group} className={classes.section}>
              <h3>{group}</h3>
              {some.map((command) => (
                <div key={command.id} className={classes.line}>
                  <span>{command.title}</span>
                  <span className={classes.alternatives}>
                    {command.keys.map((keys) => (
                      <Keys key={keys} combination={keys} />
                    ))}
                  </span>
                </div>
              ))}
            </section>
          )
        })}
      </div>
    </Dialog>
  )
}
