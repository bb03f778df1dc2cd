import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'
import type { SyncState } from '../../src-shared/domain/views.ts'
import type { Present } from '../../src-shared/protocol/presence.ts'
import type { Problem } from '../../src-shared/problem.ts'
import type { FileLimits } from './attachments/file-store.ts'

/** Kinds of work that a compartment asks its turn for; which pull is on screen, the supervisor knows. */
export type WorkLane = 'push' | 'pull' | 'background'

/** What a worker is told once, when it becomes the compartment of a tenant. */
export interface Assignment {
  /** Folder of this compartment's files; made if missing. */
  folder: string
  /** The tenant's root key, 32 bytes, transferred: the sender's copy is gone. */
  rootKey: ArrayBuffer
  /** Stands for the tenant, and says nothing of it: secrets are bound to it, so that they open here and nowhere else. */
  binding: Uint8Array
  /** Base address of the cloud, without a trailing slash. */
  cloudUrl: string
  /** The technician who acts, for the audit trail and for "mine". */
  technician: { id: string; name: string; email: string }
  /** Whether the cloud answers, as far as the console knows. */
  online: boolean
  /** Under which the console follows the cloud's events; without it the compartment takes no part in presence. */
  console?: string
  /** Milliseconds in which nothing may be asked of the cloud. */
  quiet?: number
  /** Limits of the files in pages, as if the disk were full beyond them; for tests. */
  maxPages?: { ledger?: number; cache?: number; vault?: number }
  /** Milliseconds in step before the copy is compared with the cloud, for tests. */
  compareAfter?: number
  /** Limits of attached files, for tests. */
  maxBytes?: FileLimits
}

/** What a blank worker is told to give a closed compartment's files another root key; it ends afterwards. */
export interface Rekeying {
  folder: string
  /** Root keys of now and of then, 32 bytes each, transferred. */
  from: ArrayBuffer
  to: ArrayBuffer
  /** As in {@link Assignment}. */
  binding: Uint8Array
}

/** Supervisor to worker. */
export type ToWorker =
  | { op: 'assign'; assignment: Assignment }
  /** In place of `assign`: make copies of the files under another root key. Answered by `rekeyed` or `failed`. */
  | { op: 'rekey'; rekeying: Rekeying }
  | { op: 'call'; id: number; type: CallType; path: string; payload: string }
  | { op: 'stop'; id: number }
  /** Answer to `token-wanted`. Never logged. */
  | { op: 'token'; token: string; expiresIn: number }
  | { op: 'token-refused'; problem: Problem }
  /** The cloud's feed of this tenant has reached this version. */
  | { op: 'poke'; version: number }
  /** Whether the cloud answers, and where: its address may have changed. */
  | { op: 'online'; online: boolean; cloudUrl: string }
  /** Who else has tickets open, now. */
  | { op: 'presence'; present: Present[] }
  /** The turn that `turn-wanted` asked for has come. */
  | { op: 'turn'; id: number }
  /** What stands before the cloud wants to hear nothing from anybody for so many milliseconds. */
  | { op: 'quiet'; wait: number }
  /** The machine slept, or its network is another: connections of before are worth nothing. */
  | { op: 'resumed' }
  /** Sync once now (background wake), then report `synced`. */
  | { op: 'sync' }
  /** Answered by `pong` at once, unless the worker hangs. */
  | { op: 'ping' }
  /** Finish, checkpoint, close files, zero keys, answer `closed`. */
  | { op: 'close' }

/** Worker to supervisor. */
export type FromWorker =
  /** Modules are loaded; waiting for an assignment. */
  | { op: 'warm' }
  /** Files are open; calls are answered. */
  | { op: 'open' }
  /** The files could not be opened; the worker holds nothing and ends. */
  | { op: 'failed'; problem: Problem }
  | { op: 'answer'; kind: 'data' | 'next' | 'error' | 'done'; id: number; payload: string }
  | { op: 'token-wanted' }
  /** A piece of work waits for its turn. */
  | { op: 'turn-wanted'; id: number; lane: WorkLane }
  /** That turn has ended, or is not waited for any more. */
  | { op: 'turn-done'; id: number }
  /** What stands before the cloud asked for patience: it concerns every compartment. */
  | { op: 'quiet'; wait: number }
  | { op: 'rollup'; rollup: Rollup }
  | { op: 'sync-state'; state: SyncState }
  /** A sync that was asked for has ended, well or not. */
  | { op: 'synced' }
  | { op: 'pong' }
  /** The copies are whole and on the disk; which files count, the keyring decides. */
  | { op: 'rekeyed' }
  | { op: 'closed' }
