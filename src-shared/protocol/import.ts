import { z } from 'zod'

/** What rows of an import are. */
export const ImportKind = z.enum(['contacts', 'tickets'])
export type ImportKind = z.infer<typeof ImportKind>

/** Fields that a column can fill, by kind; the first of each has to be there. */
export const importFields = {
  contacts: ['name', 'email', 'phone', 'title', 'site', 'vip'],
  tickets: [
    'subject',
    'id',
    'description',
    'status',
    'priority',
    'type',
    'queue',
    'requester',
    'assignee',
    'tags',
    'created',
    'updated',
    'due',
  ],
} as const satisfies Record<ImportKind, readonly string[]>
export type ImportField = (typeof importFields)[ImportKind][number]

export const ImportRequest = z.strictObject({
  kind: ImportKind,
  /** The text of a CSV file; commas, semicolons and tabs are told apart. */
  csv: z.string().min(1),
  /** Field by column, null to leave it out; columns that are not named are recognised. */
  columns: z.record(z.string().max(200), z.string().max(40).nullable()).default({}),
  /** Key by word, for statuses, priorities, types and queues that the client calls something else. */
  words: z
    .partialRecord(z.enum(['status', 'priority', 'type', 'queue']), z.record(z.string().max(200), z.string().max(64)))
    .default({}),
  /** Whether 03/04/2026 is the third of April (`dmy`) or the fourth of March (`mdy`); without it such a date is refused. */
  dates: z.enum(['dmy', 'mdy']).optional(),
  /** Says what it would come to, and writes nothing. */
  dryRun: z.boolean().default(false),
})
export type ImportRequest = z.input<typeof ImportRequest>
export type TakenImport = z.output<typeof ImportRequest>

/** One row that adds or changes something. */
export const ImportDifference = z.object({
  line: z.number().int(),
  act: z.enum(['add', 'change']),
  name: z.string(),
  changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
})
export type ImportDifference = z.infer<typeof ImportDifference>

export const ImportAnswer = z.object({
  columns: z.array(
    z.object({
      column: z.string(),
      /** Null where it is left out. */
      field: z.string().nullable(),
      sample: z.string(),
    }),
  ),
  rows: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  /** Rows that are here already as they are. */
  same: z.number().int(),
  /** Every row that was not taken, with its line in the file and the reason. */
  bad: z.array(z.object({ line: z.number().int(), reason: z.string() })),
  /** Of a dry run: the first differences. */
  differences: z.array(ImportDifference),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>

/** Differences that a dry run tells at most. */
export const MAX_DIFFERENCES = 200
