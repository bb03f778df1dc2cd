import { z } from 'zod'
import { Id } from './primitives.ts'
import { TicketFilter, TicketSort } from './views.ts'

/** What a technician gives to keep a list as a view. */
export const NewView = z.object({
  name: z.string().trim().min(1).max(100),
  /** Whose view it is; null for one that everybody sees. */
  ownerId: Id.nullable(),
  filter: TicketFilter,
  sort: TicketSort,
  /** Keys of the columns shown, in order; empty for the usual ones. */
  columns: z.array(z.string().min(1).max(100)).max(40).default([]),
})
export type NewView = z.infer<typeof NewView>

/** A list of tickets that was kept under a name. Keys that a newer cloud adds are kept as they came. */
export const SavedView = z.looseObject({ id: Id, ...NewView.shape })
export type SavedView = z.infer<typeof SavedView>

/** The fields of a view that a technician changes, each merged on its own. */
export const ViewPatch = z
  .object({ ...NewView.shape, columns: z.array(z.string().min(1).max(100)).max(40) })
  .partial()
  .strict()
export type ViewPatch = z.infer<typeof ViewPatch>
