import { Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { Keys } from '../../app/commands/keys.tsx'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { MenuButton } from '../../ui/menu-button.tsx'
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

/** What else can be done with the ticket, for the mouse; each with its key. */
export function TicketMenu() {
  return (
    <MenuButton
      className={classes.tool}
      aria-label="More to do with this ticket"
      title="More"
      position="bottom-end"
      dropdown={
        <Menu.Dropdown>
          <Offered />
        </Menu.Dropdown>
      }
    >
      <IconDots size={18} />
    </MenuButton>
  )
}

function Offered() {
  const commands = useRegistry().all()
  return OFFERED.flatMap((id) => commands.filter((command) => command.id === id)).map(({ id, title, keys, run }) => (
    <Menu.Item
      key={id}
      rightSection={keys[0] && <Keys combination={keys[0]} />}
      // After the menu has given the focus back, so that the command can move it.
      onClick={() => setTimeout(run)}
    >
      {title}
    </Menu.Item>
  ))
}
