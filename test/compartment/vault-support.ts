import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCache } from '../../src-main/compartment/cache/cache.ts'
import { Compartment } from '../../src-main/compartment/compartment.ts'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import type { AuditRow } from '../../src-main/compartment/ledger/audit.ts'
import type { Assignment } from '../../src-main/compartment/port.ts'
import { tenantRouter } from '../../src-main/compartment/router.ts'
import { openEncrypted, type Db } from '../../src-main/storage/open.ts'
import type { Technician } from '../../src-shared/domain/people.ts'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'
import { problemOf, type ProblemCode } from '../../src-shared/problem.ts'
import { configuration } from './desk.ts'
import { ME, type Inputs } from './driver.ts'

export type NewCredentialInput = Inputs['vault']['create']
const nothing = (): void => undefined

/** What a compartment is opened with where a test does not say otherwise. */
interface Opening {
  me?: string
  keyByte?: number
  bindingByte?: number
  maxPages?: Assignment['maxPages']
  /** The client's rules; null where they were not loaded yet. */
  rules?: Partial<Configuration> | null
  /** What the cloud says that the technician may; absent where it says nothing. */
  may?: string[]
}

/** A compartment in this process, on real files, with a caller of its router. */
export class Opened {
  readonly compartment: Compartment
  readonly rollups: Rollup[] = []
  readonly caller

  constructor(folder: string, { me = ME, keyByte = 7, bindingByte = 1, maxPages, rules = {}, may }: Opening = {}) {
    const assignment: Assignment = {
      folder,
      rootKey: new Uint8Array(32).fill(keyByte).buffer,
      binding: new Uint8Array(32).fill(bindingByte),
      cloudUrl: 'http://127.0.0.1:9',
      technician: { id: me, name: 'Robin Vale', email: 'robin@example.com' },
      online: false,
    }
    if (maxPages) assignment.maxPages = maxPages
    if (rules) putRules(folder, keyByte, { ...configuration, ...rules }, may && { ...assignment.technician, may })
    this.compartment = new Compartment(assignment, {
      tokenWanted: nothing,
      rollup: (rollup) => void this.rollups.push(rollup),
      syncState: nothing,
      turnWanted: nothing,
      turnDone: nothing,
      quiet: nothing,
    })
    this.caller = tenantRouter.createCaller(this.compartment.api)
  }

  get vault() {
    return this.caller.vault
  }

  reveal(id: string, field: Inputs['vault']['reveal']['field'], reason: string | null = null) {
    return this.vault.reveal({ id, field, purpose: 'show', reason })
  }

  close(): Promise<void> {
    return this.compartment.close()
  }
}

/** The code of the problem that something ends in; null where it ends well. */
export async function problemCode(act: Promise<unknown>): Promise<ProblemCode | null> {
  return act.then(
    () => null,
    (error: unknown) => problemOf(error).code,
  )
}

/** Opens a file of a compartment beside it, as nobody but a bug could. */
export function raw(folder: string, file: 'ledger' | 'cache' | 'vault', keyByte = 7): Db {
  const keys = deriveKeys(new Uint8Array(32).fill(keyByte))
  const name = join(folder, `${file}.db`)
  return openEncrypted({ file: name, key: keys[file], synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 })
}

/** The audit trail, without its first row. */
export function auditOf(folder: string): (Pick<AuditRow, 'action' | 'entity' | 'actor'> & { detail: unknown })[] {
  const db = raw(folder, 'ledger')
  const rows = db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').all()
  db.close()
  return rows
    .slice(1)
    .map(({ action, entity, actor, detail }) => ({ action, entity, actor, detail: JSON.parse(detail) as unknown }))
}

/** Every file below a folder that holds the text, in UTF-8, UTF-16 or base64. */
export function filesWith(folder: string, text: string): string[] {
  const forms = [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(Buffer.from(text).toString('base64'))]
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file)
      return forms.some((form) => bytes.includes(form))
    })
}

export function login(changes: Partial<NewCredentialInput> = {}): NewCredentialInput {
  return { kind: 'login', name: 'Domain admin', username: 'admin', secrets: { password: 'first' }, ...changes }
}

export function grant(changes: Partial<NewCredentialInput> = {}): NewCredentialInput {
  return { kind: 'oauth', name: 'Mail API', secrets: { refreshToken: 'refresh-1' }, ...changes }
}

function putRules(folder: string, keyByte: number, rules: Configuration, technician?: Technician): void {
  const cache = openCache(folder, deriveKeys(new Uint8Array(32).fill(keyByte)).cache)
  cache.write(() => {
    cache.putConfiguration(rules)
    if (technician) cache.putTechnician(technician, 1)
  })
  cache.close()
}
