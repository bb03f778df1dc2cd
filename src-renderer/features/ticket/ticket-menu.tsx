import { Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { Keys } from '../../app/commands/keys.tsx'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import classes from './ticket.module.css'

/** Commands of a ticket that have no button of their own, by id. */
const OFFERED = [
  'resolve',
  'resolve-next',
  'snooze',
  'wake',
  'noise',
  'macro',
  'set-type',
  'timer',
  'log-time',
  'attach',
  'link',
  'duplicates',
  'merge',
  'split',
  'assign-me',
  'watch',
  'watchers',
  'new-ticket',
]

const LABEL = 'More to do with this ticket'

/** What else can be done with the ticket, for the mouse; each with its key. */
export function TicketMenu() {
  const [made, setMade] = useState(false)
  if (made) return <OpenedMenu />
  return (
    <button
      className={classes.tool}
      aria-label={LABEL}
      title="More"
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setMade(true)}
    >
      <IconDots size={18} />
    </button>
  )
}

/** Made when it is first opened: each ticket has the button, and few the menu. */
function OpenedMenu() {
  const registry = useRegistry()
  const [opened, setOpened] = useState(true)
  const button = useRef<HTMLButtonElement>(null)
  const commands = opened ? registry.all().filter(({ id }) => OFFERED.includes(id)) : []
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      // The button that was pressed is gone, so the focus is given back by hand.
      onClose={() => button.current?.focus()}
      position="bottom-end"
      shadow="md"
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button ref={button} className={classes.tool} aria-label={LABEL} title="More">
          <IconDots size={18} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {OFFERED.flatMap((id) => commands.filter((command) => command.id === id)).map(({ id, title, keys, run }) => (
          <Menu.Item
            key={id}
            rightSection={keys[0] && <Keys combination={keys[0]} />}
            // After the menu has given the focus back, so that the command can move it.
            onClick={() => setTimeout(run)}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
