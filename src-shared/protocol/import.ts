import { z } from 'zod'
import { Id, Instant } from '../domain/primitives.ts'

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

/** Kinds of fields of the client's own that columns can become. */
export const newFieldKinds = ['text', 'long-text', 'number', 'date', 'checkbox', 'select'] as const
export type NewFieldKind = (typeof newFieldKinds)[number]

export const ImportRequest = z.strictObject({
  kind: ImportKind,
  /** The text of a CSV file; commas, semicolons and tabs are told apart. */
  csv: z.string().min(1),
  /**
   * Field by column, null to leave it out; columns that are not named are recognised. `custom:<key>` is a field of the
   * client's own, and `new:<kind>` becomes one, called as the column is.
   */
  columns: z.record(z.string().max(200), z.string().max(40).nullable()).default({}),
  /** Key by word, for statuses, priorities, types and queues that the client calls something else. */
  words: z
    .partialRecord(z.enum(['status', 'priority', 'type', 'queue']), z.record(z.string().max(200), z.string().max(64)))
    .default({}),
  /** Whether 03/04/2026 is the third of April (`dmy`) or the fourth of March (`mdy`); without it such a date is refused. */
  dates: z.enum(['dmy', 'mdy']).optional(),
  /** Subject of tickets whose row has none. */
  subject: z.string().trim().min(1).max(300).optional(),
  /** Words of the file that the client lacks, which become settings of the client's own; the rest is told. */
  create: z.array(z.enum(['status', 'type', 'queue', 'customFields'])).default([]),
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

export const MissingWords = z.partialRecord(
  z.enum(['status', 'priority', 'type', 'queue']),
  z.array(z.object({ word: z.string(), rows: z.number().int() })),
)
export type MissingWords = z.infer<typeof MissingWords>

export const ImportAnswer = z.object({
  columns: z.array(
    z.object({
      column: z.string(),
      /** Null where it is left out. */
      field: z.string().nullable(),
      sample: z.string(),
      /** Of one of tickets that fills nothing: the kind of field that takes the values of the first rows. */
      guess: z.enum(newFieldKinds).optional(),
    }),
  ),
  rows: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  /** Rows that are here already as they are. */
  same: z.number().int(),
  /** Words that the client's configuration lacks, with the number of their rows, by field; the most frequent first. */
  missing: MissingWords,
  /** What was added to the client's settings, or would be, in sentences. */
  created: z.array(z.string()),
  /** Every row that was not taken, with its line in the file and the reason. */
  bad: z.array(z.object({ line: z.number().int(), reason: z.string() })),
  /** Of a dry run: the first differences. */
  differences: z.array(ImportDifference),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>

/** Differences that a dry run tells at most. */
export const MAX_DIFFERENCES = 200

/** Bytes of one part of a file that is sent in parts; the last may be shorter. */
export const IMPORT_PART_BYTES = 4 * 1024 * 1024
/** Parts that a file of so many bytes has. */
export function importParts(size: number): number {
  return Math.ceil(size / IMPORT_PART_BYTES)
}
/** Bytes of a file at most; what a spreadsheet unpacks to, and JSON, is limited by the memory that reading gets. */
export const MAX_IMPORT_BYTES = 128 * 1024 * 1024
/** Rows of a file at most. */
export const MAX_IMPORT_ROWS = 1_000_000

export const ImportFormat = z.enum(['csv', 'xlsx', 'json'])
export type ImportFormat = z.infer<typeof ImportFormat>

/** Announces a file. Sent twice with the same id it is one import. */
export const NewImport = z.strictObject({
  id: Id,
  kind: ImportKind,
  /** Its ending says how it is read: csv, tsv, txt, xlsx, json, jsonl. */
  name: z.string().trim().min(1).max(300),
  size: z.number().int().min(1),
})
export type NewImport = z.infer<typeof NewImport>

/** Begins to import the file that was sent, or to look at what it would come to. */
export const RunImport = ImportRequest.omit({ kind: true, csv: true })
export type RunImport = z.output<typeof RunImport>

/** `looked`: a dry run has ended. A `failed` one can be run again; so can one that is `done`, while its file is kept. */
export const ImportState = z.enum(['uploading', 'running', 'paused', 'looked', 'done', 'failed', 'cancelled'])
export type ImportState = z.infer<typeof ImportState>

/** An import, and how far it is. */
export const ImportView = ImportAnswer.omit({ bad: true, rows: true }).extend({
  id: Id,
  kind: ImportKind,
  name: z.string(),
  format: ImportFormat,
  size: z.number().int(),
  state: ImportState,
  dryRun: z.boolean(),
  /** What was said of the file when it was run last; null where it was not yet. */
  said: RunImport.omit({ dryRun: true }).nullable().default(null),
  /** Parts that are here. */
  parts: z.array(z.number().int()),
  /** Null until the file was read. */
  rows: z.number().int().nullable(),
  /** Rows that were looked at. */
  looked: z.number().int(),
  /** Rows that were not taken; all of them are at `…/bad`, and the first here. */
  badRows: z.number().int(),
  bad: ImportAnswer.shape.bad,
  problem: z.object({ code: z.string(), message: z.string(), retry: z.boolean() }).nullable(),
  by: z.string(),
  startedAt: Instant,
  changedAt: Instant,
  endedAt: Instant.nullable(),
})
export type ImportView = z.infer<typeof ImportView>
export const ImportList = z.object({ imports: z.array(ImportView) })

/** Bad rows that a view tells at most. */
export const MAX_BAD_TOLD = 200
