import { createHmac } from 'node:crypto'
import postgres from 'postgres'
import { ProblemError } from '../../src-shared/problem.ts'

/** Where a database is and who asks: a connection URL, or the parts of one (for a Unix socket, its folder as `host`). */
export type DatabaseAddress =
  string | { host: string; port: number; database: string; username: string; password: string }

/** int8 comes as a number: versions and sequences stay below 2^53. */
const types = { int8: { to: 20, from: [20], serialize: String, parse: Number } }

export type Sql = postgres.Sql<{ int8: number }>
export type Transaction = postgres.TransactionSql<{ int8: number }>

/** The only role that the HTTP server uses: owns nothing, sees rows through policies. */
export const API_ROLE = 'bulkhead_api'

/**
 * A pool of connections, opened when first used.
 * @param max connections at most
 */
export function connect(address: DatabaseAddress, max: number, as?: { username: string; password: string }): Sql {
  const options = {
    types,
    max,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'bulkhead-cloud' },
  }
  if (typeof address !== 'string') return postgres({ ...options, ...address, ...as })
  const { url, socket } = splitSocket(address)
  return postgres(url, { ...options, ...(socket ? { host: socket } : {}), ...as })
}

/** The two ways in which libpq's URLs name the folder of a Unix socket; postgres.js knows neither. */
function splitSocket(address: string): { url: string; socket: string | null } {
  const url = new URL(address)
  const socket = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  if (!socket.startsWith('/')) return { url: address, socket: null }
  url.searchParams.delete('host')
  url.hostname = 'localhost'
  return { url: url.href, socket }
}

/**
 * The API role's password, derived from the owner's, so that every cloud on one database server agrees and none stores it.
 * @throws ProblemError `database-password` where the owner has none and BULKHEAD_API_PASSWORD is not set
 */
export function apiPassword(address: DatabaseAddress, given: string | undefined): string {
  if (given) return given
  const owner = typeof address === 'string' ? decodeURIComponent(new URL(address).password) : address.password
  if (!owner) throw new ProblemError('database-password')
  return createHmac('sha256', owner).update(API_ROLE).digest('base64url')
}
