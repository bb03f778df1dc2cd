import { VisuallyHidden } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { NOTHING_CHOSEN } from '../../tenant/memory.ts'
import { useStore } from '../../ui/store.ts'
import { bulkKinds, type BulkKind } from './bulk-choices.tsx'
import { BulkDialog } from './later.ts'
import classes from './bulk.module.css'

interface BulkBarProps {
  desk: Desk
  /** Whether keys act on the chosen tickets: not while one is open. */
  keys: boolean
}

/** What can be done to the chosen tickets, over the end of the list: nothing moves when it comes. */
export function BulkBar({ desk, keys }: BulkBarProps) {
  const { memory } = useTenant()
  const chosen = useStore(memory.chosen)
  const [kind, setKind] = useState<BulkKind | null>(null)
  if (chosen.size === 0) return null
  return (
    <>
      {keys && <BulkKeys count={chosen.size} onKind={setKind} desk={desk} />}
      <div className={classes.bar} role="toolbar" aria-label="Chosen tickets">
        <strong aria-live="polite" data-testid="chosen-count">
          {chosen.size.toLocaleString('en')} chosen
        </strong>
        {bulkKinds(desk).map(({ kind: one, name, key }) => (
          <button key={one} onClick={() => setKind(one)} aria-keyshortcuts={key}>
            {name} <kbd aria-hidden>{key}</kbd>
          </button>
        ))}
        <button onClick={() => memory.chosen.set(NOTHING_CHOSEN)}>
          <IconX size={14} />
          <VisuallyHidden>Let go of the chosen tickets</VisuallyHidden> <kbd aria-hidden>Esc</kbd>
        </button>
      </div>
      {kind && <BulkDialog kind={kind} ids={[...chosen]} desk={desk} onClose={() => setKind(null)} />}
    </>
  )
}

/** While tickets are chosen, the keys that change one ticket change all of them. */
function BulkKeys({ count, desk, onKind }: { count: number; desk: Desk; onKind(kind: BulkKind): void }) {
  const { memory } = useTenant()
  useCommands([
    ...bulkKinds(desk).map(({ kind, title, key }) => ({
      id: `bulk-${kind}`,
      title: `${title} ${kind === 'macro' ? 'on' : 'of'} ${count} chosen`,
      group: 'List' as const,
      // What resolves one ticket must not take the one under the cursor for the chosen ones.
      keys: kind === 'status' ? [key, 'e', 'E'] : [key],
      run: () => onKind(kind),
    })),
    {
      ...{ id: 'bulk-me', title: `Assign ${count} chosen to me`, group: 'List', keys: ['i'] },
      run: () => onKind('me'),
    },
    {
      ...{ id: 'let-go', title: 'Let go of the chosen tickets', group: 'List', keys: ['Escape'] },
      run: () => memory.chosen.set(NOTHING_CHOSEN),
    },
  ])
  return null
}
