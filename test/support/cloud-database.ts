import { connect } from '../../src-cloud/database/connect.ts'
import { startCloud } from '../../src-cloud/start.ts'
import { copyOf, type FreshDatabase } from './postgres.ts'

/**
 * Makes a database as a cloud that was started once leaves it: with its schema and its queues, and nothing in them. A
 * copy of one that a first cloud made, which takes half the time; its epoch is its own, and no key is in it.
 */
export async function cloudDatabase(): Promise<FreshDatabase> {
  const made = await copyOf('cloud_template', async (address) => {
    const cloud = await startCloud({ database: address })
    await cloud.close()
    const owner = connect(address, 1)
    await owner`delete from bulkhead_jobs.job`
    await owner`delete from server_meta where key <> 'epoch'`
    await owner.end()
  })
  const owner = connect(made.address, 1)
  await owner`select bulkhead.renew_epoch()`
  await owner.end()
  return made
}
