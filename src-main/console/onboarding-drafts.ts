import type Database from 'better-sqlite3'
import { StepKey } from '../../src-shared/onboarding/answers.ts'

/** What was typed about one onboarding and not sent: JSON text by step. */
export interface KeptDrafts {
  id: string
  /** When something was typed last. */
  at: string
  steps: Partial<Record<StepKey, string>>
}

interface Row {
  id: string
  step: string
  draft: string
  at: string
}

export const draftsMigration = `CREATE TABLE onboarding_draft (
  id TEXT NOT NULL, step TEXT NOT NULL, draft TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (id, step)) WITHOUT ROWID`

/** Answers that are being typed, in console.db: they outlive the window, the console and a cloud that is away. */
export class OnboardingDrafts {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  /** Those of all onboardings, the newest first. */
  all(): KeptDrafts[] {
    const found = new Map<string, KeptDrafts>()
    for (const row of this.#db.prepare<[], Row>('SELECT * FROM onboarding_draft ORDER BY at DESC').all()) {
      const kept = found.get(row.id) ?? { id: row.id, at: row.at, steps: {} }
      found.set(row.id, { ...kept, steps: { ...kept.steps, ...stepOf(row) } })
    }
    return [...found.values()]
  }

  /** Those of one. */
  of(id: string): KeptDrafts['steps'] {
    const rows = this.#db.prepare<[string], Row>('SELECT * FROM onboarding_draft WHERE id = ?').all(id)
    return Object.assign({}, ...rows.map(stepOf)) as KeptDrafts['steps']
  }

  /** Keeps one; null forgets it. */
  keep(id: string, step: StepKey, draft: string | null): void {
    if (draft === null) this.#db.prepare('DELETE FROM onboarding_draft WHERE id = ? AND step = ?').run(id, step)
    else
      this.#db.prepare('INSERT OR REPLACE INTO onboarding_draft VALUES (?, ?, ?, ?)').run(id, step, draft, this.#now())
  }

  /** Later than all that is kept: two within a millisecond have an order too. */
  #now(): string {
    const last = this.#db.prepare<[], string>('SELECT max(at) FROM onboarding_draft').pluck().get()
    return new Date(Math.max(Date.now(), last ? Date.parse(last) + 1 : 0)).toISOString()
  }
}

function stepOf({ step, draft }: Row): KeptDrafts['steps'] {
  const known = StepKey.safeParse(step)
  return known.success ? { [known.data]: draft } : {}
}
