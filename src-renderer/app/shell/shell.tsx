import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { CommandPalette } from '../../features/switcher/command-palette.tsx'
import { useLaunches } from '../../features/onboarding/new-client.ts'
import { ClientSwitcher } from '../../features/switcher/client-switcher.tsx'
import { useClients, useSetting } from '../console/context.tsx'
import { UndoProvider } from '../commands/undo.tsx'
import { laterDialog } from '../commands/later.tsx'
import { useCommands, useOwnKeys } from '../commands/use-commands.tsx'
import { pinnedOf } from './client-order.ts'
import { useConsoleCommands } from './console-commands.ts'
import { useGoCommands } from './go-commands.ts'
import { Leave } from './leave.tsx'
import { useActivity } from './lock.ts'
import { Rail } from './rail.tsx'
import { DialogContext, type DialogName } from './shell-dialogs.ts'
import classes from './shell.module.css'
import { StatusBar } from './status-bar.tsx'
import { useSwitchClient } from './switch-client.ts'

const ShortcutsHelp = laterDialog(
  'shortcuts',
  async () => (await import('../../features/switcher/shortcuts-help.tsx')).ShortcutsHelp,
)

/** The frame around every screen, with the one thing that can be undone. */
export function Shell() {
  return (
    <UndoProvider>
      <Frame />
    </UndoProvider>
  )
}

/** Rail, status bar, and the dialogs that are everywhere. */
function Frame() {
  const [dialog, setDialog] = useState<DialogName | null>(null)
  const switchTo = useSwitchClient()
  const pinned = pinnedOf(useClients())
  const close = (): void => setDialog(null)

  useOwnKeys(useSetting('keys'))
  useConsoleCommands(() => setDialog('leave'))
  useActivity()
  useGoCommands()
  useLaunches()
  useCommands([
    {
      id: 'switch-client',
      title: 'Switch client',
      group: 'Clients',
      keys: ['Mod+Shift+K'],
      anywhere: true,
      run: () => setDialog('switcher'),
    },
    {
      id: 'commands',
      title: 'All commands',
      group: 'Console',
      keys: ['Mod+K'],
      anywhere: true,
      palette: false,
      run: () => setDialog('commands'),
    },
    { id: 'help', title: 'Keyboard shortcuts', group: 'Console', keys: ['?'], run: () => setDialog('help') },
    ...pinned.slice(0, 9).map((client, index) => ({
      id: `pinned-${index + 1}`,
      title: `Go to ${client.name}`,
      group: 'Clients' as const,
      keys: [`Mod+${index + 1}`],
      anywhere: true,
      run: () => switchTo(client.id),
    })),
  ])
  return (
    <DialogContext value={setDialog}>
      <div className={classes.shell}>
        <Rail />
        <div className={classes.main}>
          <Outlet />
          <StatusBar />
        </div>
      </div>
      {dialog === 'switcher' && <ClientSwitcher onClose={close} />}
      {dialog === 'commands' && <CommandPalette onClose={close} />}
      {dialog === 'help' && <ShortcutsHelp onClose={close} />}
      {dialog === 'leave' && <Leave onClose={close} />}
    </DialogContext>
  )
}
