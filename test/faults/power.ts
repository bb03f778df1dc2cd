import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One step of a process towards the disk, in order. */
export type Step =
  | { what: 'write'; file: string; at: number; bytes: Buffer }
  | { what: 'cut'; file: string; length: number }
  | { what: 'sync'; file: string }
  /** It said that an edit is safe. */
  | { what: 'said' }

/**
 * Records with strace, which has to be installed, what a ledger writes and syncs while it takes so many edits.
 * @param folder where the ledger's own files go, and the record
 */
export function recordLedger(folder: string, edits: number): Step[] {
  const [log, files] = [join(folder, 'strace.log'), join(folder, 'files')]
  mkdirSync(files)
  const script = fileURLToPath(new URL('ledger-host.ts', import.meta.url))
  const watch = ['-f', '-xx', '-y', '-s', '70000', '-e', 'trace=pwrite64,write,fdatasync,fsync,ftruncate', '-o', log]
  const run = spawnSync('strace', [...watch, process.execPath, script, files, String(edits)], { stdio: 'ignore' })
  if (run.error) throw new Error('The power-loss test needs strace: install the package of that name.')
  if (run.status !== 0) throw new Error(`the ledger's process ended with ${run.status}`)
  return readFileSync(log, 'latin1').split('\n').flatMap(stepOf)
}

const CALL = /^\d+ +(\w+)\((\d+)<([^>]*)>(?:, "([^"]*)")?(.*)$/
/** By thread: the file of a sync that strace saw begin before another thread's call. */
const begun = new Map<string, string>()

function stepOf(line: string): Step[] {
  const thread = line.split(' ', 1)[0] ?? ''
  if (/^\d+ +<\.\.\. f(data)?sync resumed>/.test(line)) {
    const file = begun.get(thread)
    return file ? [{ what: 'sync', file }] : []
  }
  const [, call, descriptor, path = '', data = '', rest = ''] = CALL.exec(line) ?? []
  if (call === 'write') return descriptor === '1' ? [{ what: 'said' }] : []
  const file = basename(bytesOf(path).toString())
  if (!['ledger.db', 'ledger.db-wal'].includes(file)) return []
  const numbers = rest.match(/\d+/g)?.map(Number) ?? []
  if (call === 'pwrite64') return [{ what: 'write', file, at: numbers[1] ?? 0, bytes: bytesOf(data) }]
  if (call === 'ftruncate') return [{ what: 'cut', file, length: numbers[0] ?? 0 }]
  if (!rest.includes('unfinished')) return [{ what: 'sync', file }]
  begun.set(thread, file)
  return []
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}

/** Bytes of the largest file that these ledgers become. */
const LARGEST = 8_000_000

/**
 * Leaves files as a power cut after the given steps may: what was synced is there; of what was written since, each
 * write is there, is not, or is torn at a sector, as chance will have it.
 * @returns how many edits had been called safe
 */
export function cutPower(steps: readonly Step[], folder: string, random: () => number): number {
  const disk = new Map<string, { bytes: Buffer; length: number }>()
  const unsynced: Exclude<Step, { what: 'sync' | 'said' }>[] = []
  let said = 0
  const apply = (step: (typeof unsynced)[number], size = Infinity): void => {
    const file = disk.get(step.file) ?? { bytes: Buffer.alloc(LARGEST), length: 0 }
    disk.set(step.file, file)
    if (step.what === 'cut') {
      file.bytes.fill(0, step.length)
      file.length = step.length
      return
    }
    const bytes = step.bytes.subarray(0, size)
    bytes.copy(file.bytes, step.at)
    file.length = Math.max(file.length, step.at + bytes.length)
  }
  for (const step of steps) {
    if (step.what === 'said') said += 1
    else if (step.what !== 'sync') unsynced.push(step)
    else {
      const mine = unsynced.filter(({ file }) => file === step.file)
      for (const one of mine) {
        apply(one)
        unsynced.splice(unsynced.indexOf(one), 1)
      }
    }
  }
  for (const step of unsynced) {
    const chance = random()
    if (chance < 0.4) apply(step)
    else if (chance < 0.6) apply(step, 512 * Math.floor(random() * 8))
  }
  for (const [file, { bytes, length }] of disk) writeFileSync(join(folder, file), bytes.subarray(0, length))
  return said
}
