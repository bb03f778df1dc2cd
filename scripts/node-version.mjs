/** The oldest major version of Node that Bulkhead runs on. */
const REQUIRED = 24

/**
 * Ends the process with one clear line where Node is too old: below it, native add-ons crash without a message.
 * Call it before anything else is imported; this file must parse under any Node that a machine may have.
 */
export function requireNodeVersion() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= REQUIRED) return
  process.stderr.write(
    `Bulkhead needs Node ${REQUIRED} or newer, this is ${process.versions.node}. Run it through npm (npm start, npm run cloud), which brings the right one.\n`,
  )
  process.exit(2)
}
