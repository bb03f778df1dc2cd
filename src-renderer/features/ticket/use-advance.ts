import type { Settings } from '../../../src-shared/domain/views.ts'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'

/**
 * Goes on from a ticket that is about to leave the list. Call it before the edit: with the ticket goes the place from
 * which to go on.
 */
export function useAdvance(): (then: Settings['afterResolve']) => void {
  const { memory } = useTenant()
  const registry = useRegistry()
  return (then) => {
    if (then === 'stay') return
    if (then === 'list') return registry.run('back')
    const { id } = memory.selected.get()
    registry.run('next')
    // Below the last ticket there is only the list.
    if (memory.selected.get().id === id) registry.run('back')
  }
}
