import { createContext, use } from 'react'

export type DialogName = 'switcher' | 'commands' | 'help' | 'leave'

export const DialogContext = createContext<(name: DialogName) => void>(() => undefined)

/** Opens one of the dialogs that are everywhere. */
export function useOpenDialog(): (name: DialogName) => void {
  return use(DialogContext)
}
