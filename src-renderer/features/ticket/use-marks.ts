import type { RefObject } from 'react'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { apply, asCode, asLink, asList, asQuote, chosenIn, wrapped, type Chosen, type Edit } from './marks.ts'

export const PREVIEW_KEYS = 'Mod+Shift+P'

/** A mark that can be put around what is chosen, or taken off again. */
export interface Mark {
  id: string
  title: string
  key: string
  edit(chosen: Chosen): Edit
}

export const MARKS = [
  { id: 'bold', title: 'Write bold', key: 'Mod+B', edit: (chosen) => wrapped(chosen, '**') },
  { id: 'italic', title: 'Write italic', key: 'Mod+I', edit: (chosen) => wrapped(chosen, '*') },
  { id: 'code', title: 'Write as code', key: 'Mod+E', edit: asCode },
  { id: 'words-link', title: 'Write a link', key: 'Mod+Shift+H', edit: asLink },
  { id: 'bullets', title: 'Write as a list', key: 'Mod+Shift+8', edit: (chosen) => asList(chosen, false) },
  { id: 'numbers', title: 'Write as a numbered list', key: 'Mod+Shift+7', edit: (chosen) => asList(chosen, true) },
  { id: 'quote-lines', title: 'Write as a quote', key: 'Mod+Shift+9', edit: asQuote },
] as const satisfies readonly Mark[]

/** Puts a mark around what is chosen in a field, which then has the focus. */
export function putMark(field: HTMLTextAreaElement | null, { edit }: Pick<Mark, 'edit'>): void {
  if (field) apply(field, edit(chosenIn(field)))
}

/** The commands that put marks around what is chosen in a text field, and the one that shows how they will look. */
export function useMarks(field: RefObject<HTMLTextAreaElement | null>, preview: boolean, onPreview: () => void): void {
  useCommands([
    ...MARKS.map((mark) => ({
      ...{ id: mark.id, title: mark.title, group: 'Ticket' as const, keys: [mark.key] },
      run: () => putMark(field.current, mark),
    })),
    {
      ...{ id: 'preview', group: 'Ticket', keys: [PREVIEW_KEYS] },
      title: preview ? 'Hide the preview' : 'Preview what is written',
      run: onPreview,
    },
  ])
}
