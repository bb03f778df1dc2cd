import './confine.ts'
import { parentPort } from 'node:worker_threads'
import { problemOf } from '../../src-shared/problem.ts'
import { Calls } from '../channel/calls.ts'
import { Compartment } from './compartment.ts'
import type { Assignment, FromWorker, Rekeying, ToWorker } from './port.ts'
import { rotate } from './rotation/rotate.ts'
import { tenantRouter, type CompartmentApi } from './router.ts'
import { asError } from './sync/token.ts'

/** Entry of a compartment's thread: blank until it is assigned, then one tenant's for the rest of its life. */
function run(): void {
  const port = parentPort
  if (!port) throw new Error('a compartment runs in a worker thread')
  let compartment: Compartment | null = null
  let calls: Calls<CompartmentApi> | null = null

  const post = (message: FromWorker): void => port.postMessage(message)

  const assign = (assignment: Assignment): void => {
    try {
      const opened = new Compartment(assignment, {
        tokenWanted: () => post({ op: 'token-wanted' }),
        rollup: (rollup) => post({ op: 'rollup', rollup }),
        syncState: (state) => post({ op: 'sync-state', state }),
        turnWanted: (id, lane) => post({ op: 'turn-wanted', id, lane }),
        turnDone: (id) => post({ op: 'turn-done', id }),
        quiet: (wait) => post({ op: 'quiet', wait }),
      })
      compartment = opened
      calls = new Calls(tenantRouter, opened.api, (kind, id, payload) => post({ op: 'answer', kind, id, payload }))
      post({ op: 'open' })
    } catch (error) {
      post({ op: 'failed', problem: problemOf(error) })
      port.close()
    }
  }

  const rekey = async (rekeying: Rekeying): Promise<void> => {
    try {
      await rotate(rekeying)
      post({ op: 'rekeyed' })
    } catch (error) {
      post({ op: 'failed', problem: problemOf(error) })
    } finally {
      port.close()
    }
  }

  const close = async (): Promise<void> => {
    calls?.stopAll()
    await compartment?.close()
    post({ op: 'closed' })
    port.close()
  }

  port.on('message', (message: ToWorker) => {
    switch (message.op) {
      case 'assign':
        return compartment ? undefined : assign(message.assignment)
      case 'rekey':
        return compartment ? undefined : void rekey(message.rekeying)
      case 'call':
        return void calls?.call(message.id, message.type, message.path, message.payload)
      case 'stop':
        return calls?.stop(message.id)
      case 'token':
        return compartment?.tokens.bring(message.token, message.expiresIn)
      case 'token-refused':
        return compartment?.tokens.refuse(asError(message.problem))
      case 'poke':
        return compartment?.sync.poke(message.version)
      case 'online':
        return compartment?.setOnline(message.online, message.cloudUrl)
      case 'presence':
        return compartment?.presence.tell(message.present)
      case 'turn':
        return compartment?.turns.given(message.id)
      case 'quiet':
        return compartment?.sync.quiet(message.wait)
      case 'resumed':
        return compartment?.sync.resumed()
      case 'sync':
        return void compartment?.once().then(() => post({ op: 'synced' }))
      case 'ping':
        return post({ op: 'pong' })
      case 'close':
        return void close()
    }
  })
  // Node loads its HTTP client when one of its names is first read: now, not while a window waits for rows.
  void globalThis.Headers
  post({ op: 'warm' })
}

run()
