import fc from 'fast-check'

/** Technicians of a history. */
export const CLIENTS = 3
/** Tickets, people and views that are there for all. Few, so that several technicians meet on one. */
export const CONTESTED = 4

/** What can happen to a cloud while its clients work. */
export const OUTAGES = ['graceful', 'brutal', 'rolling', 'frozen'] as const
export type Outage = (typeof OUTAGES)[number]

export type Action =
  | { do: 'subject' | 'site' | 'note' | 'delete'; client: number; ticket: number }
  | { do: 'status' | 'priority' | 'seats'; client: number; ticket: number; pick: number }
  | { do: 'link' | 'unlink' | 'contact' | 'view'; client: number; ticket: number; pick: number }
  | { do: 'merge' | 'unmerge' | 'split'; client: number; ticket: number; pick: number }
  | { do: 'decide' | 'cancel'; client: number; pick: number }
  | { do: 'create' | 'reopen' | 'pause' | 'resume' | 'resync'; client: number }
  | { do: 'sync' | 'restart' | 'forget' | 'leave' | 'return'; client: number }
  | { do: Outage }

const client = { client: fc.nat(CLIENTS - 1) }
const picked = { ...client, pick: fc.nat(11) }
// Beyond the contested ones: those that were opened meanwhile.
const onTicket = { ...client, ticket: fc.nat(CONTESTED + 1) }
const anyOf = <Name extends string>(...names: Name[]): fc.Arbitrary<Name> => fc.constantFrom(...names)

/** What technicians do, and what the network and the cloud's operator do to them. */
export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: anyOf('subject', 'site'), ...onTicket }) },
  { weight: 4, arbitrary: fc.record({ do: anyOf('note'), ...onTicket }) },
  { weight: 4, arbitrary: fc.record({ do: anyOf('status', 'priority', 'seats'), ...picked, ...onTicket }) },
  { weight: 3, arbitrary: fc.record({ do: anyOf('link', 'unlink'), ...picked, ...onTicket }) },
  { weight: 3, arbitrary: fc.record({ do: anyOf('merge', 'unmerge', 'split'), ...picked, ...onTicket }) },
  { weight: 6, arbitrary: fc.record({ do: anyOf('contact', 'view'), ...picked, ...onTicket }) },
  { weight: 4, arbitrary: fc.record({ do: anyOf('sync'), ...client }) },
  { weight: 4, arbitrary: fc.record({ do: anyOf('decide'), ...picked }) },
  { weight: 2, arbitrary: fc.record({ do: anyOf('leave', 'return', 'pause', 'resume'), ...client }) },
  { weight: 2, arbitrary: fc.record({ do: anyOf('cancel'), ...picked }) },
  { weight: 2, arbitrary: fc.record({ do: anyOf('reopen', 'restart'), ...client }) },
  { weight: 2, arbitrary: fc.record({ do: anyOf('create', 'forget', 'resync'), ...client }) },
  { weight: 1, arbitrary: fc.record({ do: anyOf('delete'), ...onTicket }) },
)
