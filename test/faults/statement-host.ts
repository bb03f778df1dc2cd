import { writeSync } from 'node:fs'
import { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import { idOf } from '../compartment/desk.ts'
import { LEDGER_KEY } from './ledger-file.ts'
import { ledgerStory } from './ledger-story.ts'
import { watchStatements } from './statements.ts'

/** Takes a ledger through its story, says so after each step, and kills itself before the given statement. */
const [folder = '', at = '0'] = process.argv.slice(2)
let statements = 0
watchStatements(() => {
  statements += 1
  if (statements === Number(at)) process.kill(process.pid, 'SIGKILL')
})
const ledger = Ledger.open(folder, LEDGER_KEY, idOf('me'))
writeSync(1, 'opened\n')
for (const [name, run] of ledgerStory()) {
  run(ledger)
  writeSync(1, `${name}\n`)
}
process.exit(0)
