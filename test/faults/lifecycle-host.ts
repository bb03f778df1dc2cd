/** A process with one client inside a query that never ends; it closes in order and exits, as far as that can be. */
import { Supervisor } from '../../src-main/supervisor/supervisor.ts'

const [worker = '', folder = ''] = process.argv.slice(2)
const window = Symbol('window')
const told: string[] = []
const supervisor = new Supervisor({
  worker,
  folder,
  warm: 0,
  rootKey: async () => new Uint8Array(32).fill(7),
  token: () => Promise.reject(new Error('offline')),
  assignment: () => ({
    cloudUrl: 'http://127.0.0.1:9',
    technician: { id: '00000000-0000-4000-8000-0000000000aa', name: 'Robin Vale', email: 'robin@example.com' },
    online: false,
  }),
  rollup: () => undefined,
  syncState: () => undefined,
  crashed: (_, { code }) => told.push(code),
  closeDeadline: 300,
  beat: 300,
})
await supervisor.open('one', 'aaaaaaaa', window)
const answered = new Promise<string>((resolve) =>
  supervisor.call('one', window, 'query', 'query', '', (_, payload) => resolve(payload)),
)
console.log((JSON.parse(await answered) as { code: string }).code)
const again = await supervisor.wake('aaaaaaaa').catch((error: { problem: { code: string } }) => error.problem.code)
console.log(String(again))
await supervisor.close()
console.log(told.join(' '))
process.exit(0)
