import { useStore } from '../../ui/store.ts'
import { useConsole, useSettings } from '../console/context.tsx'
import { useCommands } from '../commands/use-commands.tsx'

/** Commands of the console itself: appearance, signing out. @param leave asks whether to sign out */
export function useConsoleCommands(leave: () => void): void {
  const status = useStore(useConsole().session)
  const [settings, change] = useSettings()
  const themes = [
    { theme: 'light', title: 'Use the light theme' },
    { theme: 'dark', title: 'Use the dark theme' },
    { theme: 'auto', title: 'Follow the theme of the system' },
  ] as const
  useCommands([
    ...themes
      .filter(({ theme }) => theme !== settings.theme)
      .map(({ theme, title }) => ({
        id: `theme-${theme}`,
        title,
        group: 'Console' as const,
        keys: [],
        run: () => change({ theme }),
      })),
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
    {
      id: 'sign-out',
      title: status?.state === 'open' && status.sandbox ? 'Leave the sample clients' : 'Sign out',
      group: 'Console',
      keys: [],
      run: leave,
    },
  ])
}
