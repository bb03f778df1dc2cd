import { createContext, use, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { CommandRegistry, type Command } from './commands.ts'
import { KeyDispatcher } from './dispatcher.ts'
import { listenToKeys, windowKeys } from './window-keys.ts'

interface Keyboard {
  registry: CommandRegistry
  dispatcher: KeyDispatcher
}

const KeyboardContext = createContext<Keyboard | null>(null)

/** Listens to the keyboard for the whole window and runs the registered commands. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const [keyboard] = useState((): Keyboard => {
    const registry = new CommandRegistry()
    return { registry, dispatcher: new KeyDispatcher(registry, windowKeys) }
  })
  useEffect(() => listenToKeys(keyboard.dispatcher), [keyboard])
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>
}

function useKeyboard(): Keyboard {
  const keyboard = use(KeyboardContext)
  if (!keyboard) throw new Error('no commands around this component')
  return keyboard
}

export function useRegistry(): CommandRegistry {
  return useKeyboard().registry
}

/** Holds keys while a place is on its way; see {@link KeyDispatcher.hold}. */
export function useDispatcher(): KeyDispatcher {
  return useKeyboard().dispatcher
}

/** Lets the keys that the person chose take the place of the given ones. */
export function useOwnKeys(own: CommandRegistry['own']): void {
  const { registry } = useKeyboard()
  useLayoutEffect(() => {
    registry.own = own
  }, [registry, own])
}

/** Says that a place stands, and takes keys, for as long as it is given. */
export function useArrived(place: string | null): void {
  const { dispatcher } = useKeyboard()
  useLayoutEffect(() => (place === null ? undefined : dispatcher.arrive(place)), [dispatcher, place])
}

/** Offers commands while the component is on screen. */
export function useCommands(commands: readonly Command[]): void {
  const { registry } = useKeyboard()
  const holder = useRef(commands)
  useLayoutEffect(() => {
    holder.current = commands
  })
  useLayoutEffect(() => registry.register(holder), [registry])
}
