import type { Problem } from '../../../src-shared/problem.ts'
import type { Db } from '../../storage/open.ts'

/** A content that the cloud does not have yet. */
export interface Upload {
  attachmentId: string
  ticketId: string
  /** Id of the outbox item that tells the cloud of it. */
  mutationId: string
  sha256: string
  /** Bytes. */
  size: number
  /** Why it is not sent any more until a person decides; null while it is to be sent. */
  problem: Problem | null
}

type Stored = Omit<Upload, 'problem'> & { problem: string | null }

const COLUMNS =
  'attachment_id AS attachmentId, ticket_id AS ticketId, mutation_id AS mutationId, sha256, size, problem' as const

/** The table `upload`. Writing belongs in a transaction of the ledger, see `Ledger.change`. */
export class Uploads {
  readonly #all
  readonly #find
  readonly #put
  readonly #remove

  constructor(db: Db) {
    this.#all = db.prepare<[], Stored>(`SELECT ${COLUMNS} FROM upload ORDER BY place`)
    this.#find = db.prepare<[string], Stored>(`SELECT ${COLUMNS} FROM upload WHERE attachment_id = ?`)
    this.#put = db.prepare(
      `INSERT INTO upload (attachment_id, ticket_id, mutation_id, sha256, size, problem)
       VALUES (@attachmentId, @ticketId, @mutationId, @sha256, @size, @problem)
       ON CONFLICT (attachment_id) DO UPDATE SET mutation_id = excluded.mutation_id, problem = excluded.problem`,
    )
    this.#remove = db.prepare<[string]>('DELETE FROM upload WHERE attachment_id = ?')
  }

  /** Oldest first. */
  all(): Upload[] {
    return this.#all.all().map(uploadOf)
  }

  find(attachmentId: string): Upload | undefined {
    const row = this.#find.get(attachmentId)
    return row && uploadOf(row)
  }

  put(upload: Upload): void {
    this.#put.run({ ...upload, problem: upload.problem && JSON.stringify(upload.problem) })
  }

  remove(attachmentId: string): void {
    this.#remove.run(attachmentId)
  }
}

function uploadOf(row: Stored): Upload {
  return { ...row, problem: row.problem === null ? null : (JSON.parse(row.problem) as Problem) }
}
