import Database from 'better-sqlite3'

type Method = (this: unknown, ...args: unknown[]) => unknown
type Methods = Record<string, Method>

/**
 * Calls `before` each time that a statement is about to run on any SQLite database of this thread, a transaction's own
 * BEGIN and COMMIT included.
 * @returns a function that ends it
 */
export function watchStatements(before: () => void): () => void {
  const probe = new Database(':memory:')
  const statement = Object.getPrototypeOf(probe.prepare('SELECT 1')) as Methods
  probe.close()
  const watched: [Methods, string[]][] = [
    [statement, ['run', 'get', 'all', 'iterate']],
    [Database.prototype as unknown as Methods, ['exec', 'pragma']],
  ]
  const undo: (() => void)[] = []
  for (const [methods, names] of watched) {
    for (const name of names) {
      const real = methods[name]
      if (!real) throw new Error(`no ${name}`)
      methods[name] = function (...args) {
        before()
        return real.apply(this, args)
      }
      undo.push(() => (methods[name] = real))
    }
  }
  return () => undo.forEach((step) => step())
}
