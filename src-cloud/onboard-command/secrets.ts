import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { Connection, type ConnectAnswer } from '../../src-shared/onboarding/answers.ts'
import type { SecretConnection } from '../../src-shared/onboarding/keep-connections.ts'
import { ProblemError } from '../../src-shared/problem.ts'

/** Bytes of a file that holds one secret. */
const MAX_SECRET = 65_536

/** Where the command finds a secret on this computer. The file itself holds none: it lies in repositories and mails. */
const SecretSource = z.union([
  z.strictObject({
    env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'is no name of an environment variable' }),
  }),
  z.strictObject({ file: z.string().min(1) }),
])

/** The step `connect` as the command takes it. */
export const CommandConnect = z.strictObject({
  connections: z
    .array(
      Connection.extend({
        /** Of `as: basic`. */
        username: z.string().min(1).max(320).optional(),
        secret: SecretSource.optional(),
      }),
    )
    .max(50)
    .default([]),
})

/**
 * Takes what is secret, or leads to it, out of the answer, and reads the secrets.
 * @param path the client's file: others are found from where it lies
 * @throws ProblemError `invalid-input` where one cannot be had; nothing of a secret is in it
 */
export function takeSecrets(
  path: string,
  { connections }: z.output<typeof CommandConnect>,
  env: NodeJS.ProcessEnv,
): { connect: z.input<typeof ConnectAnswer>; secrets: SecretConnection[] } {
  const secrets = connections.flatMap(({ name, url, as, username, secret: source }) => {
    if (!source) return []
    if (as === 'basic' && username === undefined)
      throw refused(path, name, 'It goes as user and password: give its username.')
    return [{ name, url, as, username: username ?? null, secret: secretOf(path, name, source, env) }]
  })
  const connect = { connections: connections.map(({ username: _user, secret: _secret, ...one }) => one) }
  return { connect, secrets }
}

function secretOf(path: string, name: string, source: z.output<typeof SecretSource>, env: NodeJS.ProcessEnv): string {
  if ('env' in source) {
    const value = env[source.env]
    if (!value) throw refused(path, name, `The environment variable ${source.env} is not set. Set it to the secret.`)
    return value
  }
  const file = resolve(dirname(path), source.file)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) throw refused(path, name, `There is no file ${file} with its secret. Check the path.`)
  const text = found.size > MAX_SECRET ? '' : readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  if (text === '') throw refused(path, name, `The file ${file} holds no secret of at most 64 kB.`)
  return text
}

function refused(path: string, name: string, reason: string): ProblemError {
  return new ProblemError('invalid-input', { reason: `${path}, connection ${name}: ${reason}` })
}
