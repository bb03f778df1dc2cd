import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup, SyncState } from '../../src-shared/domain/views.ts'
import type { Problem } from '../../src-shared/problem.ts'

/** What a worker is told once, when it becomes the compartment of a tenant. */
export interface Assignment {
  /** Folder of this compartment's files; made if missing. */
  folder: string
  /** The tenant's root key, 32 bytes, transferred: the sender's copy is gone. */
  rootKey: ArrayBuffer
  /** Base address of the cloud, without a trailing slash. */
  cloudUrl: string
  /** The technician who acts, for the audit trail and for "mine". */
  technician: { id: string; name: string; email: string }
  /** Whether the cloud answers, as far as the console knows. */
  online: boolean
  /** Limits of the files in pages, as if the disk were full beyond them; for tests. */
  maxPages?: { ledger?: number; cache?: number }
}

/** Supervisor to worker. */
export type ToWorker =
  | { op: 'assign'; assignment: Assignment }
  | { op: 'call'; id: number; type: CallType; path: string; payload: string }
  | { op: 'stop'; id: number }
  /** Answer to `token-wanted`. Never logged. */
  | { op: 'token'; token: string; expiresIn: number }
  | { op: 'token-refused'; problem: Problem }
  /** The cloud's feed of this tenant has reached this version. */
  | { op: 'poke'; version: number }
  /** Whether the cloud answers, and where: its address may have changed. */
  | { op: 'online'; online: boolean; cloudUrl: string }
  /** Sync once now (background wake), then report `synced`. */
  | { op: 'sync' }
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
  | { op: 'rollup'; rollup: Rollup }
  | { op: 'sync-state'; state: SyncState }
  /** A sync that was asked for has ended, well or not. */
  | { op: 'synced' }
  | { op: 'closed' }
