import { readFileSync, statSync } from 'node:fs'
import { OnboardingFile } from '../../src-shared/onboarding/answers.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { plainYaml } from '../files/yaml.ts'
import { firstIssue } from '../templates/read-template.ts'

/** Bytes of a file at most: names that exist may be many. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Reads a client from a YAML (or JSON) file.
 * @throws ProblemError `invalid-input` with one sentence that names the file, and the line where it can
 */
export function readClientFile(path: string): OnboardingFile {
  const text = textOf(path)
  const yaml = inFile(path, () => plainYaml(text))
  const parsed = OnboardingFile.safeParse(yaml.value)
  if (parsed.success) return parsed.data
  const { path: place, message } = firstIssue(parsed.error)
  const where = place.length > 0 ? `, line ${yaml.lineOf(place)}, ${place.map(String).join('.')}` : ''
  throw new ProblemError('invalid-input', {
    reason: `${path}${where}: ${message.replace(/\.$/, '')}. Correct it and run this again.`,
  })
}

function textOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile())
    throw new ProblemError('invalid-input', { reason: `There is no file ${path}. Check the path after --file.` })
  if (found.size > MAX_BYTES)
    throw new ProblemError('invalid-input', { reason: `${path} is larger than 4 MB. Put less into it.` })
  return readFileSync(path, 'utf8')
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
