import { useSetting } from '../console/context.tsx'
import { keysText } from './key-names.ts'

/** How the key of a command reads in a hint: the one that the person chose, else the given one; empty for none. */
export function useKeyOf(): (id: string, given: string) => string {
  const keys = useSetting('keys')
  return (id, given) => keysText(id in keys ? (keys[id]?.[0] ?? '') : given)
}
