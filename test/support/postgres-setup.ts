import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

/** For vitest's `globalSetup`: one Postgres for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { address, stop } = await startPostgres()
  project.provide('postgres', address)
  return stop
}
