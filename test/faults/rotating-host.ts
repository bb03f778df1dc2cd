import { rotateClient, watchSteps } from './rotation.ts'

/** Rotates a client's root key, and kills itself before the given step. */
const [place = '', at = '0'] = process.argv.slice(2)
let steps = 0
watchSteps(() => {
  steps += 1
  if (steps === Number(at)) process.kill(process.pid, 'SIGKILL')
})
await rotateClient(place)
process.exit(0)
