import { z } from 'zod'

/** Key of a column: one of every ticket, such as `status`, or a custom field as `field.` and its key. */
export const ColumnKey = z.string().min(1).max(100)

/** What the key of a custom field's column begins with, as the search operator does. */
export const FIELD_COLUMN = 'field.'

/** px that a column can be wide. */
export const MIN_WIDTH = 48
export const MAX_WIDTH = 600

/** Columns of one list at most. */
export const MAX_COLUMNS = 40

/** Keys of the columns shown, in order; empty for the usual ones. */
export const Columns = z.array(ColumnKey).max(MAX_COLUMNS)

/** px of columns that are not as wide as usual, by key. */
export const Widths = z
  .record(ColumnKey, z.number().int().min(MIN_WIDTH).max(MAX_WIDTH))
  .refine((widths) => Object.keys(widths).length <= 200, 'Too big: expected at most 200 widths')

/** An order by what a column shows, in place of the list's own, which then orders what is equal. */
export const ColumnOrder = z.object({ by: ColumnKey, direction: z.enum(['ascending', 'descending']) })
export type ColumnOrder = z.infer<typeof ColumnOrder>

/** How a kept list is drawn, beside its columns. What is absent is as usual. */
export const ViewLayout = z
  .object({
    widths: Widths,
    /** Column whose values part the list into sections. */
    group: ColumnKey,
    order: ColumnOrder,
  })
  .partial()
export type ViewLayout = z.infer<typeof ViewLayout>

/** How a technician draws the lists of one client where no kept view says otherwise. It stays on this machine. */
export const OwnLayout = z.object({ columns: Columns, widths: Widths })
export type OwnLayout = z.infer<typeof OwnLayout>

export const USUAL_LAYOUT: OwnLayout = { columns: [], widths: {} }

/** Columns that rows have anyway; the values of others come where they are asked for. */
const GIVEN: ReadonlySet<string> = new Set([
  ...['number', 'subject', 'status', 'priority', 'type', 'requester', 'assignee', 'created', 'updated', 'due'],
  ...['risk', 'snoozed'],
])

/** The columns whose values rows carry only where they are asked for, each once. */
export function extraColumns(columns: readonly string[]): string[] {
  return [...new Set(columns.filter((key) => !GIVEN.has(key)))].sort()
}
