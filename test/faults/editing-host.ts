import { randomOf } from '../compartment/desk.ts'
import { Driven } from '../compartment/driver.ts'
import { uuid } from '../support/sample.ts'

/**
 * A host that works on a compartment without a pause while it syncs, and says of each edit when it was answered; made
 * to be killed. With `first-sync` it only loads.
 */
const [folder = '', cloudUrl = '', token = '', me = '', tag = '', seed = '0', tickets = '1', mode = 'edit'] =
  process.argv.slice(2)
const random = randomOf(Number(seed))
const driven = await Driven.open({ folder, cloudUrl, token: () => token, me, online: true })
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
if (mode === 'first-sync') {
  say('loading')
  for (;;) await driven.sync()
}
while ((await driven.outline()).total < Number(tickets)) await driven.sync()
for (let i = 1; ; i++) {
  const number = 1 + Math.floor(random() * Number(tickets))
  const id = uuid('Acme', 'ticket', number)
  if (random() < 0.3) void driven.sync()
  if (random() < 0.5) {
    await driven.call('mutation', 'tickets.addEntry', { ticketId: id, kind: 'note', body: `${tag} ${i}` })
    say(`note ${tag} ${i}`)
  } else {
    await driven.edit(id, { customFields: { site: `${tag} ${i}` } })
    say(`edit ${number} ${tag} ${i}`)
  }
}
