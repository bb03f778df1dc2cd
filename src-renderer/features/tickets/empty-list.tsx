import { Button } from '@mantine/core'
import { IconFilterOff, IconInbox } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import type { ListView } from '../../tenant/memory.ts'
import { tallyQuery } from '../../tenant/queries.ts'
import { PageButton } from '../../ui/page.tsx'
import { EmptyNotice, ProblemNotice } from '../../ui/problem-notice.tsx'
import { INITIAL_FILTER, isFiltered } from './list-commands.ts'
import classes from './list.module.css'
import { readSearch } from './search-field.tsx'
import type { Rows } from './use-rows.ts'

interface EmptyListProps {
  desk: Desk
  rows: Rows
  view: ListView
  onChange(part: Partial<ListView>): void
  onRetry(): void
}

const ALL = [{}]
const NOTHING = 'Nothing here fits the search and filters that are set.'

/** What stands in place of rows where there are none: why, and what to do. */
export function EmptyList({ desk, rows, view, onChange, onRetry }: EmptyListProps) {
  if (rows.loading) {
    if (!rows.error) return null
    return (
      <div className={classes.over}>
        <ProblemNotice
          title="The tickets cannot be shown"
          text={problemFrom(rows.error).message}
          action={<Button onClick={onRetry}>Try again</Button>}
        />
      </div>
    )
  }
  if (rows.total > 0 || !rows.complete) return null
  return (
    <div className={classes.over}>
      {isFiltered(view) ? (
        <EmptyNotice
          icon={<IconFilterOff size={30} stroke={1.4} />}
          title="No ticket fits"
          text={[...readSearch(view.text, desk).misread.map(({ message }) => message), NOTHING].join(' ')}
          action={
            <Button variant="default" size="xs" onClick={() => onChange(INITIAL_FILTER)}>
              Clear search and filters
            </Button>
          }
        />
      ) : (
        <NoneOpen onAll={() => onChange({ statuses: 'all' })} />
      )}
    </div>
  )
}

/** Where no ticket is open; of a client that has none at all, they can come from elsewhere. */
function NoneOpen({ onAll }: { onAll(): void }) {
  const tenant = useTenant()
  const { id } = useIdentity()
  const go = useGo()
  const keyOf = useKeyOf()
  const { data: counts } = useQuery(tallyQuery(tenant, ALL))
  if (!counts) return null
  const icon = <IconInbox size={30} stroke={1.4} />
  if (counts[0] === 0)
    return (
      <EmptyNotice
        icon={icon}
        title="No tickets yet"
        text="They appear here as they come in. Those of another product can be imported."
        action={
          <PageButton shortcut={keyOf('import', 'g f')} onClick={() => go(places.import(id))}>
            Import…
          </PageButton>
        }
      />
    )
  return (
    <EmptyNotice
      icon={icon}
      title="No open tickets"
      text="Nothing waits here. New tickets appear by themselves."
      action={
        <Button variant="default" size="xs" onClick={onAll}>
          Show closed tickets
        </Button>
      }
    />
  )
}
