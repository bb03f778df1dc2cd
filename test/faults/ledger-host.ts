import { writeSync } from 'node:fs'
import { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import { idOf } from '../compartment/desk.ts'
import { LEDGER_KEY } from './ledger-file.ts'

/** Writes edit after edit to a ledger and says so after each; made to be watched by strace. */
const [folder = '', edits = '0'] = process.argv.slice(2)
const ledger = Ledger.open(folder, LEDGER_KEY, idOf('me'))
for (let i = 1; i <= Number(edits); i++) {
  const body = { kind: 'entry.create' as const, ticketId: idOf('t'), entryId: idOf(`e ${i}`), body: 'x'.repeat(900) }
  ledger.append({ ...body, entryKind: 'note' }, { entry: body.entryId })
  writeSync(1, `${i}\n`)
}
process.exit(0)
