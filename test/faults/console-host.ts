import { fileURLToPath } from 'node:url'
import { Console } from '../../src-main/console/console.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'

/** A console without a window that says what one ticket's site is, each time that something moves; made to be stopped. */
const [profile = '', url = '', email = '', password = '', tenant = '', ticket = ''] = process.argv.slice(2)
const window = Symbol('window')
const settings = { read: () => ({ rowHeight: 'comfortable' }) as never, change: () => ({}) as never }
const host = new Console({
  ...{
    profile,
    settings,
    sandbox: false,
    cloudUrl: null,
    sealing: { given: 'nine lives', keychain: async () => null },
  },
  worker: fileURLToPath(new URL('../../src-main/compartment/worker.ts', import.meta.url)),
})
await host.start()
await host.connect({ url, email, password })
await host.openClient('scope', tenant, window)
const say = (): unknown =>
  host.supervisorCall('scope', window, 'query', 'tickets.get', JSON.stringify({ id: ticket }), (op, payload) => {
    if (op !== 'data') return
    const { ticket: shown } = JSON.parse(payload) as TicketDetail
    process.stdout.write(`site ${String(shown.customFields['site'])}\n`)
  })
host.supervisorCall('scope', window, 'subscription', 'changes', '', () => void say())
say()
