import { parseArgs } from 'node:util'

/**
 * @typedef {{ type: 'string' | 'boolean', help: string, value?: string, default?: string }} Flag
 */

/**
 * Reads a command's flags; each may also come as an environment variable BULKHEAD_NAME, the flag wins.
 * Answers --help, and a wrong flag with one clear line and exit code 2.
 * @param {string} command how a person calls it
 * @param {string} about what it does
 * @param {Record<string, Flag>} flags
 * @returns {Record<string, string | boolean | undefined>}
 */
export function readFlags(command, about, flags) {
  const options = Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { type: flag.type }]))
  /** @type {Record<string, string | boolean | undefined>} */
  let given
  try {
    given = parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowNegative: false }).values
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/[.\n]/)[0] : String(error)
    fail(`${reason}. See ${command} --help.`, 2)
  }
  if (given.help) {
    console.log(helpText(command, about, flags))
    process.exit(0)
  }
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, given[name] ?? fromEnvironment(name, flag) ?? flag.default]),
  )
}

/**
 * @param {string} sentence
 * @param {number} code
 * @returns {never}
 */
export function fail(sentence, code) {
  console.error(sentence)
  process.exit(code)
}

/**
 * Reads a port number flag; 0 stands for a free one.
 * @param {unknown} value
 * @param {string} command
 */
export function portOf(value, command) {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    fail(`--port takes a number from 0 to 65535. See ${command} --help.`, 2)
  return port
}

/**
 * @param {string} name
 * @param {Flag} flag
 */
function fromEnvironment(name, flag) {
  const value = process.env[`BULKHEAD_${name.toUpperCase().replaceAll('-', '_')}`]
  if (value === undefined || value === '') return undefined
  return flag.type === 'boolean' ? value !== '0' && value !== 'false' : value
}

/**
 * @param {string} command
 * @param {string} about
 * @param {Record<string, Flag>} flags
 */
function helpText(command, about, flags) {
  /** @type {[string, string][]} */
  const rows = Object.entries(flags).map(([name, flag]) => [
    `--${name}${flag.type === 'string' ? `=${flag.value ?? 'TEXT'}` : ''}`,
    flag.help,
  ])
  const width = Math.max(...rows.map(([left]) => left.length))
  return [
    `Usage: ${command} [flags]`,
    '',
    about,
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Each flag may also be given as an environment variable, such as BULKHEAD_PORT for --port.',
  ].join('\n')
}
