import type { TicketSort } from '../../src-shared/domain/views.ts'
import { Store } from '../ui/store.ts'

/** What the ticket list shows, in the words of the screen. */
export interface ListView {
  /** Open ones, all, or these status keys. */
  statuses: 'open' | 'all' | readonly string[]
  /** Priority keys; empty for any. */
  priorities: readonly string[]
  /** A technician's id is possible beside the three words. */
  assignee: 'anyone' | 'me' | 'unassigned' | (string & {})
  sort: TicketSort
  text: string
  order: 'newest' | 'rank'
}

export const INITIAL_VIEW: ListView = {
  statuses: 'open',
  priorities: [],
  assignee: 'anyone',
  sort: { by: 'updated', direction: 'descending' },
  text: '',
  order: 'newest',
}

/** Where a technician was in one client, so that coming back is coming back. Survives the client's closing. */
export interface Memory {
  readonly view: Store<ListView>
  readonly selected: Store<{ id: string | null; index: number }>
  scrollTop: number
  /** Length of the list when it was last seen. */
  total: number
  openTicket: string | null
  /** Unsent notes and replies; see entry-mode.ts for the keys. */
  readonly drafts: Map<string, string>
}

export function createMemory(): Memory {
  return {
    view: new Store(INITIAL_VIEW),
    selected: new Store<{ id: string | null; index: number }>({ id: null, index: 0 }),
    scrollTop: 0,
    total: 0,
    openTicket: null,
    drafts: new Map(),
  }
}
