import { go } from 'fuzzysort'
import { useCallback, useState } from 'react'
import type { Command } from '../../app/commands/commands.ts'
import { Keys } from '../../app/commands/keys.tsx'
import { useDispatcher, useRegistry } from '../../app/commands/use-commands.tsx'
import { Marked, Picker } from '../../ui/picker.tsx'
import classes from './switcher.module.css'

interface Hit {
  command: Command
  indexes: readonly number[]
}

/** Every command of the screen that it was opened on, with its keys. */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const registry = useRegistry()
  const dispatcher = useDispatcher()
  const [commands] = useState(() => registry.all().filter((command) => command.palette !== false))
  const search = useCallback(
    (text: string): Hit[] =>
      text.trim() === ''
        ? commands.map((command) => ({ command, indexes: [] }))
        : go(text.trim(), commands, { key: 'title', limit: 0, threshold: 0.2 }).map((result) => ({
            command: result.obj,
            indexes: [...result.indexes],
          })),
    [commands],
  )
  return (
    <Picker<Hit>
      label="Commands"
      placeholder="What do you want to do?"
      search={search}
      keyOf={(hit) => hit.command.id}
      render={({ command, indexes }) => (
        <>
          <span className={classes.title}>
            <Marked text={command.title} indexes={indexes} />
          </span>
          <span className={classes.group}>{command.group}</span>
          {command.keys[0] && <Keys combination={command.keys[0]} />}
        </>
      )}
      empty="No command goes by that name here."
      onPick={({ command }) => {
        onClose()
        dispatcher.hold('a command')
        // After the dialog has given the focus back, so that a command can move it.
        setTimeout(() => {
          dispatcher.arrive('a command')()
          command.run()
        })
      }}
      onClose={onClose}
    />
  )
}
