import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DELETED_TASK, patchedTasks } from '../../src-shared/domain/task-list.ts'
import type { TasksPatch } from '../../src-shared/domain/tasks.ts'
import type { TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { brokenAuditRow, type AuditRow } from '../../src-main/compartment/ledger/audit.ts'
import { Ledger, LEDGER_FILE } from '../../src-main/compartment/ledger/ledger.ts'
import { ledgerSteps } from '../../src-main/compartment/ledger/steps.ts'
import { migrate } from '../../src-main/storage/migrate.ts'
import { openEncrypted, type Db } from '../../src-main/storage/open.ts'
import { changeIn } from '../../src-main/compartment/triage/edit.ts'
import { idOf, ticketOf } from './desk.ts'
import { temporaryFolder } from './driver.ts'
import { ModelCloud } from './model-cloud.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const key = Buffer.alloc(32, 3)
const seven = idOf('ticket 7')
let place: ReturnType<typeof temporaryFolder>
const open: Ledger[] = []

beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => {
  for (const ledger of open.splice(0)) ledger.close()
  place.remove()
})

function opened(): Ledger {
  const ledger = Ledger.open(place.folder, key, 'tester')
  open.push(ledger)
  return ledger
}
function reopened(): Ledger {
  for (const ledger of open.splice(0)) ledger.close()
  return opened()
}
function raw(): Db {
  const file = join(place.folder, LEDGER_FILE)
  return openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 })
}
function note(ticketId = seven): MutationBody {
  return { kind: 'entry.create', ticketId, entryId: randomUUID(), entryKind: 'note', body: 'A note' }
}
function update(base: TicketPatch, patch: TicketPatch, ticketId = seven): MutationBody {
  return { kind: 'ticket.update', ticketId, base, patch }
}
const nothing: ReadonlySet<string> = new Set()

test('step 2 keeps every edit of a ledger at step 1, in order, with its state, and what was on its way stays so', () => {
  const db = raw()
  migrate(db, LEDGER_FILE, ledgerSteps.slice(0, 1))
  db.exec(`INSERT INTO meta VALUES ('client_id', 'c0ffee00-0000-4000-8000-000000000001'), ('next_sequence', '6')`)
  const insert = db.prepare(`INSERT INTO outbox VALUES (?, '2026-01-01T00:00:00.000Z', ?, ?, ?, ?, ?)`)
  const bodies = Array.from({ length: 7 }, () => note())
  const rejected = JSON.stringify({ sequence: 9, outcome: 'rejected', code: 'x', message: 'No.' })
  insert.run(-2, JSON.stringify(bodies[1]), 'acked', 12, null, 1)
  insert.run(-1, JSON.stringify(bodies[0]), 'failed', null, rejected, 1)
  insert.run(2, JSON.stringify(bodies[2]), 'acked', 14, null, 1)
  insert.run(3, JSON.stringify(bodies[3]), 'queued', null, null, 2)
  insert.run(4, JSON.stringify(bodies[4]), 'queued', null, null, 1)
  insert.run(5, JSON.stringify(bodies[5]), 'queued', null, null, 0)
  db.close()

  const ledger = opened()
  const all = ledger.about(seven)
  expect(all.map((item) => item.body)).toEqual(bodies.slice(0, 6))
  expect(all.map((item) => item.state)).toEqual(['failed', 'acked', 'acked', 'queued', 'queued', 'queued'])
  expect(all.map((item) => item.sequence)).toEqual([null, null, null, 3, 4, null])
  expect(all.map((item) => [item.version, item.attempts])).toEqual([
    [null, 1],
    [12, 1],
    [14, 1],
    [null, 2],
    [null, 1],
    [null, 0],
  ])
  expect(all[0]?.outcome).toMatchObject({ message: 'No.' })
  expect(new Set(all.map((item) => item.id)).size).toBe(6)
  for (const item of all) expect(item.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(ledger.append(bodies[6] as MutationBody, {})?.place).toBe(7)
  expect(ledger.take(100, nothing).map((item) => item.sequence)).toEqual([3, 4])
  expect(ledger.clientId).toBe('c0ffee00-0000-4000-8000-000000000001')
  const ids = all.map((item) => item.id)
  expect(
    reopened()
      .about(seven)
      .map((item) => item.id)
      .slice(0, 6),
  ).toEqual(ids.slice(0, 6))
})

test('a client id and sequence never stand for two different edits, whatever happens and is restored', () => {
  const given = new Map<string, string>()
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('append' as const), ticket: fc.nat(3) }),
      fc.record({ do: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 4 }), held: fc.nat(4) }),
      fc.record({ do: fc.constant('answer' as const), outcome: fc.constantFrom('applied', 'retry', 'rejected') }),
      fc.record({ do: fc.constantFrom('save' as const, 'restore' as const) }),
      fc.record({ do: fc.constantFrom('reopen' as const, 'aside' as const) }),
    ),
    { minLength: 30, maxLength: 40 },
  )
  fc.assert(
    fc.property(steps, (run) => {
      let image: Buffer | null = null
      const fresh = temporaryFolder()
      let ledger = Ledger.open(fresh.folder, key, 'tester')
      const again = (restore: Buffer | null): void => {
        ledger.close()
        if (restore) writeFileSync(join(fresh.folder, LEDGER_FILE), restore)
        ledger = Ledger.open(fresh.folder, key, 'tester')
      }
      for (const step of run) {
        const flying = ledger.inState('queued').filter((item) => item.sequence !== null)
        const [first] = flying.sort((x, y) => (x.sequence ?? 0) - (y.sequence ?? 0))
        if (step.do === 'append') ledger.append(note(idOf(`ticket ${step.ticket}`)), {})
        else if (step.do === 'take') {
          const held = new Set(step.held < 4 ? [idOf(`ticket ${step.held}`)] : [])
          for (const item of ledger.take(step.limit, held)) {
            const name = `${ledger.clientId} ${item.sequence}`
            expect(given.get(name) ?? item.id).toBe(item.id)
            given.set(name, item.id)
          }
        } else if (step.do === 'answer' && first?.sequence) {
          const { sequence } = first
          if (step.outcome === 'retry') ledger.settle([{ sequence, outcome: 'retry', message: '' }])
          else if (step.outcome === 'applied') ledger.settle([{ sequence, outcome: 'applied', version: 1 }])
          else ledger.settle([{ sequence, outcome: 'rejected', code: 'x', message: '' }])
        } else if (step.do === 'aside' && first) ledger.setAside(first, 'x', '')
        else if (step.do === 'reopen') again(null)
        else if (step.do === 'save') {
          again(null)
          ledger.close()
          image = readFileSync(join(fresh.folder, LEDGER_FILE))
          ledger = Ledger.open(fresh.folder, key, 'tester')
        } else if (step.do === 'restore') again(image)
      }
      ledger.close()
      fresh.remove()
    }),
    { numRuns: 100 },
  )
})

const values = {
  status: fc.constantFrom('new', 'working', 'vendor'),
  priority: fc.constantFrom('p1', 'p2', 'p3'),
  customFields: fc.dictionary(fc.constantFrom('room', 'floor'), fc.constantFrom('1', '2', null), { maxKeys: 2 }),
}
/** One or two tasks are written, ticked or deleted. */
const tasks = fc.dictionary(
  fc.constantFrom(idOf('task 1'), idOf('task 2')),
  fc.oneof(
    fc.record({ text: fc.constantFrom('a', 'b'), done: fc.boolean(), position: fc.constantFrom(1, 2) }),
    fc.record({ done: fc.boolean() }),
    fc.constant(DELETED_TASK),
  ),
  { minKeys: 1, maxKeys: 2 },
)
const edits = fc.array(
  fc.oneof(
    fc.record(values, { requiredKeys: [] }),
    fc.record({ tasks }),
    fc.constant('note' as const),
    fc.constant('send' as const),
  ),
  { maxLength: 14 },
)

test('edits that were joined leave the cloud as the same edits one by one do, and send no more', async () => {
  const clouds = await Promise.all([ScriptedCloud.start(), ScriptedCloud.start()])
  let joinedSent = 0
  let singleSent = 0
  fc.assert(
    fc.property(edits, (run) => {
      const [joined, single] = clouds.map((cloud) => {
        cloud.changes = []
        cloud.add('ticket', seven, ticketOf(7))
        return new ModelCloud(cloud)
      }) as [ModelCloud, ModelCloud]
      const fresh = temporaryFolder()
      const ledger = Ledger.open(fresh.folder, key, 'tester')
      let view = ticketOf(7)
      let sequence = 0
      const client = randomUUID()
      const record = (body: MutationBody): void => {
        ledger.append(body, {})
        single.answer({ sequence: ++sequence, schema: 1, at: new Date().toISOString(), body }, client)
      }
      const send = (): void => {
        for (let items = ledger.take(3, nothing); items.length > 0; items = ledger.take(3, nothing)) {
          const answers = items.map(({ sequence: number, at, body }) =>
            joined.answer({ sequence: number ?? 0, schema: 1, at, body }, ledger.clientId),
          )
          expect(answers.map((answer) => answer.outcome)).toEqual(answers.map(() => 'applied'))
          ledger.settle(answers)
        }
      }
      for (const step of run) {
        if (step === 'send') send()
        else if (step === 'note') record(note())
        else {
          const change = changeIn<TicketPatch>(view, step as TicketPatch)
          if (!change) continue
          record(update(change.base, change.patch))
          const { customFields, tasks: changed = {}, ...fields } = change.patch
          view = { ...view, ...fields, customFields: { ...view.customFields, ...customFields } }
          view.tasks = patchedTasks(view.tasks, changed as TasksPatch, null)
        }
      }
      send()
      // A field that was set and taken back again is null on one side and was never there on the other.
      const plain = (model: ModelCloud): unknown => {
        const { customFields, tasks: left = {}, ...fields } = model.ticket(seven) ?? ticketOf(7)
        return {
          ...fields,
          tasks: left,
          customFields: Object.fromEntries(Object.entries(customFields).filter(([, v]) => v !== null)),
        }
      }
      expect(plain(joined)).toEqual(plain(single))
      const notes = (model: ModelCloud): string[] =>
        model.applied.flatMap((body) => (body.kind === 'entry.create' ? body.entryId : []))
      expect(notes(joined)).toEqual(notes(single))
      joinedSent += joined.applied.length
      singleSent += single.applied.length
      ledger.close()
      fresh.remove()
    }),
    { numRuns: 100 },
  )
  expect(joinedSent).toBeLessThan(singleSent)
  for (const cloud of clouds) await cloud.stop()
})

test('joined edits are one unsent edit with the first base and the last value, and the audit trail has them all', () => {
  const ledger = opened()
  const first = ledger.append(update({ status: 'new' }, { status: 'working' }), {})
  ledger.append(update({ priority: 'p3' }, { priority: 'p1' }), {})
  const last = ledger.append(update({ status: 'working' }, { status: 'vendor' }), {})
  expect(last?.id).toBe(first?.id)
  expect(ledger.inState('queued').map((item) => item.body)).toEqual([
    update({ status: 'new', priority: 'p3' }, { status: 'vendor', priority: 'p1' }),
  ])
  expect(ledger.append(update({ status: 'vendor', priority: 'p1' }, { status: 'new', priority: 'p3' }), {})).toBeNull()
  expect(ledger.count('queued')).toBe(0)
  const again = reopened()
  expect(again.count('queued')).toBe(0)
  open.splice(0).forEach((one) => one.close())
  const db = raw()
  const rows = db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').all()
  db.close()
  expect(rows.map((row) => row.action)).toEqual(['genesis', ...Array.from({ length: 4 }, () => 'ticket.update')])
  expect(brokenAuditRow(rows)).toBeNull()
})

test('an edit joins none that was sent, and none from before a note', () => {
  const ledger = opened()
  ledger.append(update({ status: 'new' }, { status: 'working' }), {})
  ledger.take(100, nothing)
  ledger.append(update({ status: 'working' }, { status: 'vendor' }), {})
  ledger.append(note(), {})
  ledger.append(update({ status: 'vendor' }, { status: 'new' }), {})
  expect(ledger.inState('queued').map((item) => item.body.kind)).toEqual([
    'ticket.update',
    'ticket.update',
    'entry.create',
    'ticket.update',
  ])
})
