import { IconVolumeOff } from '@tabler/icons-react'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import { noiseRuleOf, type NoisePolicy } from '../../../src-shared/domain/noise.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { PageButton } from '../../ui/page.tsx'
import classes from './links.module.css'

/** What marking as noise does at a client. */
export function noiseChange({ mark }: NoisePolicy): BulkChange {
  return {
    patch: { status: mark.status, ...(mark.type !== undefined && { type: mark.type }) },
    addTags: mark.tags,
    removeTags: [],
  }
}

/** Says quietly that the ticket looks like noise; nothing is done before somebody says so. */
export function NoiseHint({ detail }: { detail: TicketDetail }) {
  const { ticket, requester } = detail
  const { noise, statuses } = useDesk().configuration
  const registry = useRegistry()
  const keyOf = useKeyOf()
  const status = statuses.find(({ key }) => key === ticket.status)
  if (!noise || (status && !isOpenCategory(status.category))) return null
  const rule = noiseRuleOf(noise, { ...ticket, from: requester?.email ?? null })
  if (!rule) return null
  return (
    <div className={classes.hint} role="note">
      <IconVolumeOff size={15} aria-hidden />
      <p>
        Looks like noise: <b>{rule.label}</b>
      </p>
      <PageButton shortcut={keyOf('noise', '#')} onClick={() => registry.run('noise')}>
        Mark as noise
      </PageButton>
    </div>
  )
}
