import type { TestProject } from 'vitest/node'
import { buildIfStale } from '../../scripts/build.mjs'
import { startPostgres } from './postgres.ts'
import { makeRunFolder } from './run-folder.ts'

/** For vitest's `globalSetup`: a build as it is now, one folder and one Postgres for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildIfStale()
  const remove = makeRunFolder()
  const { address, stop } = await startPostgres()
  project.provide('postgres', address)
  return async () => {
    await stop()
    remove()
  }
}
