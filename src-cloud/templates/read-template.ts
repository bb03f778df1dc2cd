import { z } from 'zod'
import { problem, problemOf, ProblemError } from '../../src-shared/problem.ts'
import { LayerValues, type SettingKey, type Settings } from '../../src-shared/settings/settings.ts'
import { incoherences } from '../../src-shared/settings/coherence.ts'
import { plainYaml } from '../files/yaml.ts'

/** Bytes of a template at most; those that come along have a few thousand. */
const MAX_BYTES = 256 * 1024

/** A template of a client: data, no code. */
export const Template = z.strictObject({
  /** Version of this form. */
  template: z.literal(1),
  key: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: 'is lower-case words joined by hyphens' }),
  name: z.string().trim().min(1).max(60),
  about: z.string().trim().min(1).max(300),
  industry: z.string().max(100).optional(),
  settings: LayerValues,
})
export type Template = z.infer<typeof Template>

/**
 * Reads one template.
 * @param file its name, for the sentence
 * @param base what it is laid over, to see that all fits together
 * @throws ProblemError `invalid-input` with one sentence that names the file, the place and what is wrong
 */
export function readTemplate(file: string, text: string, base: Settings | null): Template {
  if (Buffer.byteLength(text) > MAX_BYTES) refuse(file, 'is larger than 256 KB')
  const parsed = Template.safeParse(valueIn(file, text))
  if (!parsed.success) refuse(file, sentenceOf(parsed.error))
  const [incoherent] = base ? incoherences({ ...base, ...parsed.data.settings } as Record<SettingKey, never>) : []
  if (incoherent) refuse(file, incoherent)
  return parsed.data
}

/** The first thing that is wrong: where it is, and what. */
export function sentenceOf(error: z.ZodError): string {
  const { path, message } = firstIssue(error)
  const place = path.map(String).join('.')
  return place ? `${place}: ${message}` : message
}

/** The same in parts; of a union, what is wrong with the member that fits best. */
export function firstIssue(error: z.ZodError): { path: PropertyKey[]; message: string } {
  const [issue] = error.issues
  return issue ? deepestOf(issue) : { path: [], message: 'has the wrong form' }
}

function deepestOf(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.map((issues) => issues[0]).filter((one) => one !== undefined)
  const deepest = inner.map(deepestOf).toSorted((a, b) => b.path.length - a.path.length)[0]
  return deepest ? { path: [...issue.path, ...deepest.path], message: deepest.message } : issue
}

function valueIn(file: string, text: string): unknown {
  try {
    return plainYaml(text).value
  } catch (error) {
    return refuse(file, problemOf(error).message)
  }
}

function refuse(file: string, reason: string): never {
  throw new ProblemError('template-refused', { file, reason: reason.replace(/[.]$/, '') })
}

/** The same as a problem, for a list that shows what cannot be chosen and why. */
export function refusalOf(error: unknown, file: string): { file: string; reason: string } {
  const { message } =
    error instanceof ProblemError ? error.problem : problem('template-refused', { file, reason: 'cannot be read' })
  return { file, reason: message }
}
