import type Database from 'better-sqlite3'

export const settingsDraftMigration = `CREATE TABLE settings_draft (one INTEGER PRIMARY KEY CHECK (one = 1), draft TEXT NOT NULL)`

/** What is typed about the organisation's settings and not saved, in console.db: it outlives the window and the console. */
export class SettingsDraft {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  /** Empty for nothing. */
  read(): string {
    return this.#db.prepare<[], string>('SELECT draft FROM settings_draft').pluck().get() ?? ''
  }

  /** @param draft empty to forget it */
  keep(draft: string): void {
    if (draft === '') this.#db.prepare('DELETE FROM settings_draft').run()
    else this.#db.prepare('INSERT OR REPLACE INTO settings_draft VALUES (1, ?)').run(draft)
  }
}
