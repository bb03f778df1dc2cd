import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { ConnectAnswer, OnboardingFile } from '../../src-shared/onboarding/answers.ts'
import type { SecretConnection } from '../../src-shared/onboarding/keep-connections.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { MAX_IMPORT_BYTES, RunImport, type ImportKind } from '../../src-shared/protocol/import.ts'
import { formatOf } from '../import/read-file.ts'
import { plainYaml } from '../files/yaml.ts'
import { firstIssue } from '../templates/read-template.ts'
import { CommandConnect, takeSecrets } from './secrets.ts'

const { columns, words, guess, dates, subject, create } = RunImport.shape
const Source = z.union([
  z.string().min(1),
  z.strictObject({ file: z.string().min(1), columns, words, guess, dates, subject, create }),
])

/** A client's file as the command takes it: with the files, beside it, of its contacts and tickets. */
const CommandFile = OnboardingFile.extend({
  connect: CommandConnect.default({ connections: [] }),
  import: z.strictObject({ contacts: Source.optional(), tickets: Source.optional() }).default({}),
})

/** A client, and what is imported once it is live, contacts first. */
export interface ClientFile {
  file: OnboardingFile
  /** For the client's vault, with their secrets; never for the cloud. */
  secrets: SecretConnection[]
  imports: { path: string; kind: ImportKind; size: number; request: z.input<typeof RunImport> }[]
}

/** Bytes of a file at most: names that exist may be many. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Reads a client from a YAML (or JSON) file.
 * @throws ProblemError `invalid-input` with one sentence that names the file, and the line where it can
 */
export function readClientFile(path: string, env: NodeJS.ProcessEnv): ClientFile {
  const text = textOf(path, MAX_BYTES)
  const yaml = inFile(path, () => plainYaml(text))
  const parsed = CommandFile.safeParse(yaml.value)
  if (parsed.success) {
    const { import: sources, connect, ...file } = parsed.data
    const { secrets, connect: known } = takeSecrets(path, connect, env)
    const whole = { ...file, connect: ConnectAnswer.parse(known) }
    return {
      file: whole,
      secrets,
      imports: (['contacts', 'tickets'] as const).flatMap((kind) => importOf(path, kind, sources[kind])),
    }
  }
  const { path: place, message } = firstIssue(parsed.error)
  const where = place.length > 0 ? `, line ${yaml.lineOf(place)}, ${place.map(String).join('.')}` : ''
  throw new ProblemError('invalid-input', {
    reason: `${path}${where}: ${message.replace(/\.$/, '')}. Correct it and run this again.`,
  })
}

function importOf(
  path: string,
  kind: 'contacts' | 'tickets',
  source: z.output<typeof Source> | undefined,
): ClientFile['imports'] {
  if (source === undefined) return []
  const { file, ...request } = typeof source === 'string' ? { file: source } : source
  const found = resolve(dirname(path), file)
  formatOf(found)
  return [{ path: found, kind, size: sizeOf(found, MAX_IMPORT_BYTES), request }]
}

function textOf(path: string, most: number): string {
  sizeOf(path, most)
  return readFileSync(path, 'utf8')
}

/** @throws ProblemError `invalid-input` where it is no file, or too large */
function sizeOf(path: string, most: number): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) throw new ProblemError('invalid-input', { reason: `There is no file ${path}. Check the path.` })
  if (found.size > most)
    throw new ProblemError('invalid-input', {
      reason: `${path} is larger than ${most / 1024 / 1024} MB. Divide it, or put less into it.`,
    })
  return found.size
}

function inFile<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new ProblemError('invalid-input', {
      reason: `${path}: ${problemOf(error).message}. Correct it and run this again.`,
    })
  }
}
