import type { SavedView } from '../../../src-shared/domain/saved-view.ts'
import type { Db } from '../../storage/open.ts'

/** Reads and writes saved views as the cloud has them. Writes belong inside a transaction. */
export class KeptViews {
  readonly #put
  readonly #get
  readonly #all
  readonly #remove

  constructor(db: Db) {
    this.#put = db.prepare('INSERT OR REPLACE INTO saved_view (id, fed, body) VALUES (?, ?, ?)')
    this.#get = db.prepare<[string], string>('SELECT body FROM saved_view WHERE id = ?').pluck()
    this.#all = db.prepare<[], string>('SELECT body FROM saved_view ORDER BY id').pluck()
    this.#remove = db.prepare<[string]>('DELETE FROM saved_view WHERE id = ?')
  }

  /** @param version of the feed */
  put(view: SavedView, version: number): void {
    this.#put.run(view.id, version, JSON.stringify(view))
  }

  get(id: string): SavedView | null {
    const body = this.#get.get(id)
    return body === undefined ? null : (JSON.parse(body) as SavedView)
  }

  all(): SavedView[] {
    return this.#all.all().map((body) => JSON.parse(body) as SavedView)
  }

  remove(id: string): void {
    this.#remove.run(id)
  }
}
