import type { Query, QueryClient } from '@tanstack/react-query'
import type { Change } from '../../src-shared/domain/views.ts'
import { keys } from './queries.ts'

const FEW_MS = 120
const MANY_MS = 900

/**
 * Turns what a compartment says has changed into the queries to read again: a named ticket at once, lists and counts
 * together after a short pause (a long one while everything moves, as in a first sync).
 */
export function createRefresh(queries: QueryClient): {
  apply(change: Change): void
  /** Nothing more is on its way: what waits for its pause is read now. */
  settle(): void
  stop(): void
} {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false
  let again = false

  const lists = async (): Promise<void> => {
    timer = undefined
    if (running) {
      again = true
      return
    }
    running = true
    try {
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.allRows, predicate: isFirstBlock }),
        queries.invalidateQueries({ queryKey: keys.allOutlines }),
        queries.invalidateQueries({ queryKey: keys.counts }),
        queries.invalidateQueries({ queryKey: keys.allSearches }),
      ])
      // The other blocks start at anchors of the outline, so they wait for the new one.
      await queries.invalidateQueries({ queryKey: keys.allRows, predicate: (query) => !isFirstBlock(query) })
    } finally {
      running = false
      if (again) {
        again = false
        timer ??= setTimeout(lists, MANY_MS)
      }
    }
  }

  return {
    apply({ tickets, desk }) {
      if (desk) void queries.invalidateQueries({ queryKey: keys.desk })
      // A change does not say which people and views it is about; few of them are on screen.
      void queries.invalidateQueries({ queryKey: keys.allContacts })
      void queries.invalidateQueries({ queryKey: keys.views })
      if (tickets === 'all') void queries.invalidateQueries({ queryKey: keys.allTickets })
      else for (const id of tickets) void queries.invalidateQueries({ queryKey: keys.ticket(id) })
      // The desk says which statuses are open ones.
      if (desk || tickets === 'all' || tickets.length > 0)
        timer ??= setTimeout(lists, tickets === 'all' ? MANY_MS : FEW_MS)
    },
    settle() {
      if (timer === undefined) return
      clearTimeout(timer)
      void lists()
    },
    stop() {
      clearTimeout(timer)
    },
  }
}

function isFirstBlock(query: Query): boolean {
  return query.queryKey[2] === 0
}
