import type { RefObject } from 'react'
import { useCommands } from '../../app/commands/use-commands.tsx'
import type { Command } from '../../app/commands/commands.ts'
import { apply, asCode, asLink, asQuote, chosenIn, wrapped, type Chosen, type Edit } from './marks.ts'

export const PREVIEW_KEYS = 'Mod+Shift+P'

/** The commands that put marks around what is chosen in a text field, and the one that shows how they will look. */
export function useMarks(field: RefObject<HTMLTextAreaElement | null>, preview: boolean, onPreview: () => void): void {
  const mark = (id: string, title: string, key: string, edit: (chosen: Chosen) => Edit): Command => ({
    ...{ id, title, group: 'Ticket', keys: [key] },
    run: () => field.current && apply(field.current, edit(chosenIn(field.current))),
  })
  useCommands([
    mark('bold', 'Write bold', 'Mod+B', (chosen) => wrapped(chosen, '**')),
    mark('italic', 'Write italic', 'Mod+I', (chosen) => wrapped(chosen, '*')),
    mark('code', 'Write as code', 'Mod+E', asCode),
    mark('words-link', 'Write a link', 'Mod+Shift+H', asLink),
    mark('quote-lines', 'Write as a quote', 'Mod+Shift+9', asQuote),
    {
      ...{ id: 'preview', group: 'Ticket', keys: [PREVIEW_KEYS] },
      title: preview ? 'Hide the preview' : 'Preview what is written',
      run: onPreview,
    },
  ])
}
