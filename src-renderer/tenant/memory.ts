import type { ColumnOrder } from '../../src-shared/domain/layout.ts'
import type { DraftKind, TicketSort } from '../../src-shared/domain/views.ts'
import { Store } from '../ui/store.ts'
import type { Upload } from './uploads.ts'

/** What the ticket list shows, in the words of the screen. */
export interface ListView {
  /** Open ones, all, or these status keys. */
  statuses: 'open' | 'all' | readonly string[]
  /** Priority keys; empty for any. */
  priorities: readonly string[]
  /** A technician's id is possible beside the three words; a kept view may have several, null for unassigned. */
  assignee: 'anyone' | 'me' | 'unassigned' | (string & {}) | readonly (string | null)[]
  sort: TicketSort
  text: string
  order: 'newest' | 'rank'
  /** Keys of the columns that it shows, in order; empty for the technician's own, else the usual ones. */
  columns: readonly string[]
  /** px of columns that are not as wide as usual, by key. */
  widths: Readonly<Record<string, number>>
  /** Column whose values part it into sections. */
  group: string | null
  /** An order by what a column shows, in place of `sort`, which then orders what is equal. */
  by: ColumnOrder | null
}

export const INITIAL_VIEW: ListView = {
  statuses: 'open',
  priorities: [],
  assignee: 'anyone',
  sort: { by: 'updated', direction: 'descending' },
  text: '',
  order: 'newest',
  columns: [],
  widths: {},
  group: null,
  by: null,
}

export const NOTHING_CHOSEN: ReadonlySet<string> = new Set()

/** What stands where a ticket's conversation is. */
export type Shown = 'conversation' | 'all' | 'changes'

/** Where a technician was in one client, so that coming back is coming back. Survives the client's closing. */
export interface Memory {
  readonly view: Store<ListView>
  /** Id of the kept view that the list began with, if any. */
  readonly viewId: Store<string | null>
  readonly selected: Store<{ id: string | null; index: number }>
  /** Ids of the tickets that are chosen for a change of many. */
  readonly chosen: Store<ReadonlySet<string>>
  /** Sections of the list that are closed, by column and value. */
  readonly closed: Store<ReadonlySet<string>>
  scrollTop: number
  /** Length of the list when it was last seen. */
  total: number
  readonly openTicket: Store<string | null>
  /** What tickets show where their conversation is. */
  readonly activity: Store<Shown>
  /** What was typed in this window and not sent; see drafts.ts. */
  readonly drafts: Map<string, string>
  /** The replies of others that a ticket had when a reply to it was begun here, by ticket. */
  readonly begun: Map<string, ReadonlySet<string>>
  /** What the ticket that is opened next is opened to write, where it is opened for that. */
  begin: DraftKind | null
  /** Files that go with an unsent note or reply, by kind and ticket. */
  readonly files: Map<string, readonly File[]>
  /** Whether this client has only just taken the place of another on screen; see sight.ts. */
  isFresh(): boolean
  /** Files on their way from this window to the compartment. */
  readonly uploads: Store<readonly Upload[]>
}

/** @param openTicket id of the ticket that was open when the window was last closed */
export function createMemory(openTicket: string | null = null, isFresh = (): boolean => false): Memory {
  return {
    view: new Store(INITIAL_VIEW),
    viewId: new Store<string | null>(null),
    selected: new Store<{ id: string | null; index: number }>({ id: null, index: 0 }),
    chosen: new Store<ReadonlySet<string>>(NOTHING_CHOSEN),
    closed: new Store<ReadonlySet<string>>(new Set()),
    scrollTop: 0,
    total: 0,
    openTicket: new Store(openTicket),
    activity: new Store<Shown>('conversation'),
    drafts: new Map(),
    begun: new Map(),
    begin: null,
    files: new Map(),
    isFresh,
    uploads: new Store<readonly Upload[]>([]),
  }
}
