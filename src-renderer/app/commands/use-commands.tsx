import { createContext, use, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { belongsToElement, combinationOf, CommandRegistry, type Command } from './commands.ts'

const RegistryContext = createContext<CommandRegistry | null>(null)

/** Listens to the keyboard for the whole window and runs the registered commands. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new CommandRegistry())
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const combination = combinationOf(event)
      if (combination === '' || belongsToElement(event.target, combination)) return
      const command = registry.find(combination)
      if (!command) return
      event.preventDefault()
      command.run()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [registry])
  return <RegistryContext value={registry}>{children}</RegistryContext>
}

export function useRegistry(): CommandRegistry {
  const registry = use(RegistryContext)
  if (!registry) throw new Error('no commands around this component')
  return registry
}

/** Offers commands while the component is on screen. */
export function useCommands(commands: readonly Command[]): void {
  const registry = useRegistry()
  const holder = useRef(commands)
  useLayoutEffect(() => {
    holder.current = commands
  })
  useLayoutEffect(() => registry.register(holder), [registry])
}
