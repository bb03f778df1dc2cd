import { z } from 'zod'
import { Columns, ViewLayout } from './layout.ts'
import { Id } from './primitives.ts'
import { TicketFilter, TicketSort } from './views.ts'

/** What a technician gives to keep a list as a view. */
export const NewView = z.object({
  name: z.string().trim().min(1).max(100),
  /** Whose view it is; null for one that everybody sees. */
  ownerId: Id.nullable(),
  filter: TicketFilter,
  sort: TicketSort,
  columns: Columns.default([]),
  /** Absent or null where it is drawn as usual. */
  layout: ViewLayout.nullable().optional(),
})
export type NewView = z.infer<typeof NewView>

/** A list of tickets that was kept under a name. Keys that a newer cloud adds are kept as they came. */
export const SavedView = z.looseObject({ id: Id, ...NewView.shape })
export type SavedView = z.infer<typeof SavedView>

/** The fields of a view that a technician changes, each merged on its own. */
export const ViewPatch = z
  .object({ ...NewView.shape, columns: Columns })
  .partial()
  .strict()
export type ViewPatch = z.infer<typeof ViewPatch>
