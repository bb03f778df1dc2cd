import { isNode, LineCounter, parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { LayerValues } from '../../src-shared/settings/settings.ts'

/** A file as a window hands it over. */
export const SettingsText = z.object({
  text: z.string().max(2_000_000, { error: 'A file of settings is at most 2 MB' }),
})

const SettingsFile = z.strictObject({ settingsFile: z.literal(1), settings: LayerValues })

/** Settings as YAML: own values, and what is inherited as comments. @param inherited may hold own ones too */
export function settingsFile(own: LayerValues, inherited: LayerValues): string {
  const rest = Object.fromEntries(Object.entries(inherited).filter(([key]) => !(key in own)))
  const comments = stringify({ settings: rest })
    .split('\n')
    .slice(1)
    .map((line) => (line === '' ? '' : `#${line}`))
  return [
    stringify({ settingsFile: 1, settings: own }),
    '# Inherited. Without its # and below settings, a value becomes an own one.',
    ...comments,
  ].join('\n')
}

/**
 * Reads the settings in a file.
 * @throws ProblemError `invalid-input` with one sentence that names the line
 */
export function readSettingsFile(text: string): LayerValues {
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: true, lineCounter: lines })
  const [wrong] = [...document.errors, ...document.warnings]
  if (wrong) {
    const reason = wrong.message.split('\n')[0]?.replace(/ at line .*$|[:.]$/, '')
    throw misfit(lines.linePos(wrong.pos[0]).line, reason ?? 'This is no YAML')
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 50 })
  } catch {
    throw misfit(1, 'The file refers to itself too often')
  }
  const read = SettingsFile.safeParse(value)
  if (read.success) return read.data.settings
  const [issue] = read.error.issues
  if (!issue || issue.path[0] === 'settingsFile' || issue.path.length === 0)
    throw misfit(1, 'This is no file of settings: it begins with “settingsFile: 1” and has “settings” below it')
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path
  throw misfit(lineOf(path), `${path.slice(1).join('.')}: ${issue.message}`)
}

function misfit(line: number, reason: string): ProblemError {
  return new ProblemError('settings-file', { line, reason })
}
