import { useNavigate } from '@tanstack/react-router'
import { useConsole, useSettings } from '../console/context.tsx'
import { useCommands } from '../commands/use-commands.tsx'

/** Commands of the console itself: appearance, all clients, signing out. */
export function useConsoleCommands(): void {
  const { client } = useConsole()
  const [settings, change] = useSettings()
  const navigate = useNavigate()
  const themes = [
    { theme: 'light', title: 'Use the light theme' },
    { theme: 'dark', title: 'Use the dark theme' },
    { theme: 'auto', title: 'Follow the theme of the system' },
  ] as const
  useCommands([
    {
      id: 'all-clients',
      title: 'All clients',
      group: 'Clients',
      keys: ['Mod+0'],
      run: () => void navigate({ to: '/' }),
    },
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
      title: 'Sign out',
      group: 'Console',
      keys: [],
      run: () => void client.session.signOut.mutate().catch(() => undefined),
    },
  ])
}
