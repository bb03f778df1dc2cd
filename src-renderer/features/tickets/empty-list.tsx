import { Button } from '@mantine/core'
import { IconFilterOff, IconInbox } from '@tabler/icons-react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import type { ListView } from '../../tenant/memory.ts'
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
        <EmptyNotice
          icon={<IconInbox size={30} stroke={1.4} />}
          title="No open tickets"
          text="Nothing waits here. New tickets appear by themselves."
          action={
            <Button variant="default" size="xs" onClick={() => onChange({ statuses: 'all' })}>
              Show closed tickets
            </Button>
          }
        />
      )}
    </div>
  )
}
