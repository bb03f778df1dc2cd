import { useComputedColorScheme } from '@mantine/core'
import { useStore } from '../../ui/store.ts'
import { useConsole, useSettings } from '../console/context.tsx'
import { useCommands } from '../commands/use-commands.tsx'
import { useLock } from './lock.ts'

/** Switches between light and dark. */
export const THEME_KEYS = 'Mod+Shift+L'
export const LOCK_KEYS = 'Mod+L'

const AFTER_RESOLVE = [
  ['stay', 'After resolving or snoozing, stay on the ticket'],
  ['next', 'After resolving or snoozing, go to the next ticket'],
  ['list', 'After resolving or snoozing, go back to the list'],
] as const

/** Commands of the console itself: appearance, signing out. @param leave asks whether to sign out */
export function useConsoleCommands(leave: () => void): void {
  const { client, session } = useConsole()
  const status = useStore(session)
  const [settings, change] = useSettings()
  const other = useComputedColorScheme() === 'dark' ? 'light' : 'dark'
  const lock = useLock()
  useCommands([
    { id: 'lock', title: 'Lock the console', group: 'Console', keys: [LOCK_KEYS], anywhere: true, run: lock },
    {
      id: 'theme',
      title: `Use the ${other} theme`,
      group: 'Console',
      keys: [THEME_KEYS],
      anywhere: true,
      run: () => change({ theme: other }),
    },
    ...(settings.theme === 'auto'
      ? []
      : [
          {
            id: 'theme-auto',
            title: 'Follow the theme of the system',
            group: 'Console' as const,
            keys: [],
            run: () => change({ theme: 'auto' }),
          },
        ]),
    settings.density === 'compact'
      ? {
          id: 'density',
          title: 'Use comfortable rows',
          group: 'Console',
          keys: [],
          run: () => change({ density: 'comfortable' }),
        }
      : {
          id: 'density',
          title: 'Use compact rows',
          group: 'Console',
          keys: [],
          run: () => change({ density: 'compact' }),
        },
    ...AFTER_RESOLVE.filter(([then]) => then !== settings.afterResolve).map(([then, title]) => ({
      ...{ id: `after-resolve-${then}`, title, group: 'Console' as const, keys: [] },
      run: () => change({ afterResolve: then }),
    })),
    ...(status?.state === 'open' && !status.online
      ? [
          {
            ...{ id: 'reconnect', title: 'Try to reach the cloud now', group: 'Console' as const, keys: [] },
            run: () => void client.session.reconnect.mutate().catch(() => undefined),
          },
        ]
      : []),
    {
      id: 'sign-out',
      title: status?.state === 'open' && status.sandbox ? 'Leave the sample clients' : 'Sign out',
      group: 'Console',
      keys: [],
      run: leave,
    },
  ])
}
