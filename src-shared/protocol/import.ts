import { z } from 'zod'
import { choosable, WORD_FIELDS, type Configuration, type Priority, type Status } from '../domain/configuration.ts'
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

const Order = z.enum(['dmy', 'mdy'])
/** Fields whose cells are words of the client's own; `custom:<key>` is a choice of the client's own. */
const WordField = z.string().regex(/^(?:status|priority|type|queue|custom:.{1,64})$/s, {
  error: 'is status, priority, type, queue or custom:KEY',
})
const madeWord = /^new:(?:new|open|waiting|resolved|closed|choice)$/
const WordMeaning = z
  .string()
  .max(64)
  .refine((key) => !key.startsWith('new:') || madeWord.test(key), {
    error: "is a key of the client's, new:open or another category for a status that is made, or new:choice",
  })
  .nullable()

export const ImportRequest = z.strictObject({
  kind: ImportKind,
  /** The text of a CSV file; commas, semicolons and tabs are told apart. */
  csv: z.string().min(1),
  /**
   * Field by column, null to leave it out; columns that are not named are recognised. `custom:<key>` is a field of the
   * client's own, and `new:<kind>` becomes one, called as the column is.
   */
  columns: z.record(z.string().max(200), z.string().max(40).nullable()).default({}),
  /**
   * Key by word, by field, for what the client calls something else. `new:<category>` makes a status, `new:choice` a type,
   * a queue or an option, called as the word is; null leaves the word out, as if the cell were empty.
   */
  words: z.record(WordField, z.record(z.string().max(200), WordMeaning)).default({}),
  /** Whether the rest becomes what it looks like. Without it, rows with words that nothing was said of are not taken. */
  guess: z.boolean().optional(),
  /**
   * Whether 03/04/2026 is the third of April (`dmy`) or the fourth of March (`mdy`). Without it that is found out with
   * `guess`, by all of the column; else such a date is refused.
   */
  dates: Order.optional(),
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
  z.enum(WORD_FIELDS),
  z.array(z.object({ word: z.string(), rows: z.number().int() })),
)
export type MissingWords = z.infer<typeof MissingWords>

/** A word of a file that is not among the client's own. */
export const UnknownWord = z.object({
  field: z.string(),
  word: z.string(),
  rows: z.number().int(),
  /** What it becomes in this run, as `words` say it; absent where its rows are not taken. */
  becomes: z.string().nullable().optional(),
  /** What makes a new one of it, where the settings permit that. */
  made: z.string().optional(),
})
export type UnknownWord = z.infer<typeof UnknownWord>
/** Unknown words that are told of each field at most, the most frequent first. */
export const MAX_UNKNOWN = 200

/** How the dates of a file are read. */
export const ImportDates = z.object({
  /** The time zone that times are taken for that name none; null where all do. */
  zone: z.string().nullable(),
  /** Columns with dates whose order is not told by their form. */
  columns: z.array(
    z.object({
      column: z.string(),
      order: Order,
      /** Whether it was said, or no other fits. */
      sure: z.boolean(),
      /** One that could be either, and the day that it is either way; null where there is none. */
      sample: z.object({ text: z.string(), dmy: z.string(), mdy: z.string() }).nullable(),
    }),
  ),
})
export type ImportDates = z.infer<typeof ImportDates>

/** Whether the client's settings permit that words of a field become new ones: priorities, and what they follow from, are agreed. */
export function canBeMade(field: string, { priorityMatrix }: Pick<Configuration, 'priorityMatrix'>): boolean {
  const agreed = priorityMatrix ? [priorityMatrix.impact, priorityMatrix.urgency].map((key) => `custom:${key}`) : []
  return field !== 'priority' && !agreed.includes(field)
}

/** Status and priority of a new ticket whose row says neither: the first for new ones, and the middle one. */
export function valuesOfNew({ statuses, priorities }: Pick<Configuration, 'statuses' | 'priorities'>): {
  fresh: Status | undefined
  usual: Priority | undefined
} {
  const [begun, ranked] = [choosable(statuses), choosable(priorities).sort((a, b) => a.rank - b.rank)]
  return {
    fresh: begun.find(({ category }) => category === 'new') ?? begun[0],
    usual: ranked[Math.floor(ranked.length / 2)],
  }
}

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
  /** What was said of the file when it was run last, as far as every console reads it; null where it was not yet. */
  said: RunImport.omit({ dryRun: true }).nullable().default(null),
  /** All of what was said; absent in an older cloud. */
  asked: z
    .object(RunImport.omit({ dryRun: true }).shape)
    .nullable()
    .optional(),
  /** Words of tickets that are not among the client's own, by field; absent in an older cloud. */
  unknown: z.array(UnknownWord).optional(),
  /** Absent in an older cloud, and null where it was not looked for. */
  dates: ImportDates.nullable().optional(),
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
