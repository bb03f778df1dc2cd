import { Ledger, type Change } from '../../src-main/compartment/ledger/ledger.ts'
import { login, Opened } from './vault-support.ts'

/**
 * A process that makes a credential and reveals it, again and again, saying so each time. It ends by `kill -9` right
 * before or right after the first row of a reveal is on the disk, or when its parent likes.
 */
const [folder = '', when = ''] = process.argv.slice(2)
const opened = new Opened(folder)
const { id } = await opened.vault.create(login({ secrets: { password: 'marker-1c9e' } }))
process.stdout.write('made\n')

const change = Reflect.get(Ledger.prototype, 'change') as (work: (change: Change) => unknown) => unknown
if (when !== 'later')
  Ledger.prototype.change = function <Result>(this: Ledger, work: (change: Change) => Result): Result {
    if (when === 'before') process.kill(process.pid, 'SIGKILL')
    const result = change.call(this, work) as Result
    process.kill(process.pid, 'SIGKILL')
    return result
  }
for (;;) process.stdout.write(`${(await opened.reveal(id, 'password')).value}\n`)
