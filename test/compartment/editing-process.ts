import { idOf } from './desk.ts'
import { Driven } from './driver.ts'

/** A process that syncs and then adds note after note, saying so after each; made to be killed. */
const [folder = '', cloudUrl = ''] = process.argv.slice(2)
const driven = await Driven.open({ folder, cloudUrl, online: false })
await driven.sync()
for (let i = 1; ; i++) {
  await driven.call('mutation', 'tickets.addEntry', {
    ticketId: idOf('ticket 7'),
    kind: 'note',
    body: `${process.pid} ${i}`,
  })
  process.stdout.write(`${i}\n`)
}
