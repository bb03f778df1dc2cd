import type Database from 'better-sqlite3'
import { Tenant } from '../../src-shared/domain/tenant.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'
import { Departed, departedMigration, undecidedMigration } from './departed.ts'
import { draftsMigration, OnboardingDrafts } from './onboarding-drafts.ts'
import { SettingsDraft, settingsDraftMigration } from './settings-draft.ts'

/** The technician and organisation that a profile belongs to. */
export interface Owner {
  cloudUrl: string
  sandbox: boolean
  organisation: { id: string; name: string }
  technician: { id: string; name: string; email: string }
}

export interface KnownTenant {
  tenant: Tenant
  rollup: Rollup | null
  /** Place among the pinned, null where not pinned. */
  pin: number | null
  lastOpenedAt: string | null
  /** No longer in the cloud's list, and here only because of edits that did not reach the cloud. */
  left: boolean
}

interface Row {
  tenant: string
  rollup: string | null
  pin: number | null
  opened: string | null
  left: number
}

export const registryMigrations = [
  `CREATE TABLE owner (one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT NOT NULL);
   CREATE TABLE tenant (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, rollup TEXT, pin INTEGER, opened TEXT);`,
  'ALTER TABLE tenant ADD COLUMN "left" INTEGER NOT NULL DEFAULT 0',
  draftsMigration,
  departedMigration,
  settingsDraftMigration,
  undecidedMigration,
] as const

/** console.db: which tenants there are and what their compartments published. Never tickets, notes or secrets. */
export class Registry {
  readonly #db: Database.Database
  readonly #tenants = new Map<string, KnownTenant>()
  /** What was typed about clients that are being brought in. */
  readonly drafts: OnboardingDrafts
  /** What was typed about the organisation's settings. */
  readonly settingsDraft: SettingsDraft
  /** Clients that left the list and whose files are here. */
  readonly departed: Departed

  constructor(db: Database.Database) {
    this.#db = db
    this.drafts = new OnboardingDrafts(db)
    this.settingsDraft = new SettingsDraft(db)
    this.departed = new Departed(db)
    for (const row of db.prepare<[], Row>('SELECT tenant, rollup, pin, opened, "left" FROM tenant').all()) {
      const tenant = Tenant.parse(JSON.parse(row.tenant))
      const rollup = row.rollup === null ? null : (JSON.parse(row.rollup) as Rollup)
      this.#tenants.set(tenant.id, { tenant, rollup, pin: row.pin, lastOpenedAt: row.opened, left: row.left === 1 })
    }
  }

  owner(): Owner | null {
    const row = this.#db.prepare<[], { owner: string }>('SELECT owner FROM owner').get()
    return row ? (JSON.parse(row.owner) as Owner) : null
  }

  setOwner(owner: Owner): void {
    this.#db.prepare('INSERT OR REPLACE INTO owner VALUES (1, ?)').run(JSON.stringify(owner))
  }

  /** All tenants, by name. */
  all(): KnownTenant[] {
    return [...this.#tenants.values()].sort((a, b) => a.tenant.name.localeCompare(b.tenant.name, 'en'))
  }

  get(tenantId: string): KnownTenant | undefined {
    return this.#tenants.get(tenantId)
  }

  /**
   * Takes over the cloud's list. A tenant that is no longer in it leaves the list; its files stay where they are. One
   * with edits that did not reach the cloud stays, marked as left.
   * @returns ids of tenants that came, went or changed; `gone` are those that are not the cloud's any more
   */
  replaceTenants(tenants: Tenant[]): { changed: string[]; gone: string[] } {
    const listed = new Set(tenants.map((t) => t.id))
    const missing = [...this.#tenants.values()].filter(({ tenant }) => !listed.has(tenant.id))
    const leaving = missing.filter(({ left, rollup }) => !left && (rollup?.pending ?? 0) > 0)
    const removed = missing.filter(({ rollup }) => (rollup?.pending ?? 0) === 0).map(({ tenant }) => tenant.id)
    const gone = [...removed, ...leaving.map(({ tenant }) => tenant.id)]
    const changed = [...gone]
    const upsert = this.#db.prepare(
      'INSERT INTO tenant (id, tenant) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET tenant = excluded.tenant, "left" = 0',
    )
    const remove = this.#db.prepare('DELETE FROM tenant WHERE id = ?')
    this.#db.transaction(() => {
      for (const id of removed) {
        const known = this.#tenants.get(id)
        this.departed.add(id, known?.tenant.name ?? 'A client', known?.rollup?.failed ?? 0)
        remove.run(id)
      }
      for (const { id } of this.departed.all()) if (listed.has(id)) this.departed.forget(id)
      for (const { tenant } of leaving) this.#db.prepare('UPDATE tenant SET "left" = 1 WHERE id = ?').run(tenant.id)
      for (const tenant of tenants) {
        const json = JSON.stringify(tenant)
        const known = this.#tenants.get(tenant.id)
        if (known && !known.left && JSON.stringify(known.tenant) === json) continue
        upsert.run(tenant.id, json)
        changed.push(tenant.id)
      }
    })()
    for (const id of removed) this.#tenants.delete(id)
    for (const known of leaving) known.left = true
    for (const tenant of tenants) {
      const known = this.#tenants.get(tenant.id)
      this.#tenants.set(
        tenant.id,
        known
          ? { ...known, tenant, left: false }
          : { tenant, rollup: null, pin: null, lastOpenedAt: null, left: false },
      )
    }
    return { changed, gone }
  }

  setHead(tenantId: string, head: number): void {
    const known = this.#tenants.get(tenantId)
    if (known && head > known.tenant.head) known.tenant = { ...known.tenant, head }
  }

  setRollup(tenantId: string, rollup: Rollup): void {
    const known = this.#tenants.get(tenantId)
    if (!known) return
    known.rollup = rollup
    this.#db.prepare('UPDATE tenant SET rollup = ? WHERE id = ?').run(JSON.stringify(rollup), tenantId)
  }

  setOpened(tenantId: string, at: string): void {
    const known = this.#tenants.get(tenantId)
    if (!known) return
    known.lastOpenedAt = at
    this.#db.prepare('UPDATE tenant SET opened = ? WHERE id = ?').run(at, tenantId)
  }

  /** Pins after the last pinned one, or unpins and closes the gap. @returns ids whose pin changed */
  pin(tenantId: string, pinned: boolean): string[] {
    const before = new Map([...this.#tenants].map(([id, known]) => [id, known.pin]))
    const order = [...this.#tenants.values()]
      .filter((k) => k.pin !== null && k.tenant.id !== tenantId)
      .sort((a, b) => a.pin! - b.pin!)
      .map((k) => k.tenant.id)
    if (pinned && this.#tenants.has(tenantId)) order.push(tenantId)
    const update = this.#db.prepare('UPDATE tenant SET pin = ? WHERE id = ?')
    this.#db.transaction(() => {
      for (const [id, known] of this.#tenants) {
        const place = order.indexOf(id)
        known.pin = place < 0 ? null : place
        if (known.pin !== before.get(id)) update.run(known.pin, id)
      }
    })()
    return [...this.#tenants].filter(([id, known]) => known.pin !== before.get(id)).map(([id]) => id)
  }

  close(): void {
    this.#db.close()
  }
}
