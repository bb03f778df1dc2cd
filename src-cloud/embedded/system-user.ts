import { execFile, spawnSync } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whom Postgres runs as: nothing for an ordinary user, the user `postgres` for root. */
export type RunAs = { uid: number; gid: number } | Record<string, never>

/** Postgres refuses to run as root: finds the user `postgres`, or makes it. */
export async function systemUser(): Promise<RunAs> {
  if (userInfo().uid !== 0) return {}
  const found = await ids()
  if (found) return found
  // Another cloud may be making it at the same moment.
  await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'postgres',
  ]).catch(() => undefined)
  const made = await ids()
  if (!made) throw new Error('the user postgres could not be made')
  return made
}

async function ids(): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return null
  }
}

/** Whether that user gets through every folder above a path and may enter (or run) it. */
export function canReach(path: string, runAs: RunAs): boolean {
  if (!('uid' in runAs)) return true
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...runAs, cwd: '/' }).status === 0
}
