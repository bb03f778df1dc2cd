import { isNode, LineCounter, parseDocument } from 'yaml'
import { ProblemError } from '../../src-shared/problem.ts'

/** What a YAML text holds, and where. */
export interface PlainYaml {
  value: unknown
  /** The line of the value at a path, or of the nearest above it that is there; counted from 1. */
  lineOf(path: readonly PropertyKey[]): number
}

/**
 * Reads the plain data in a YAML text: no tags, no types of its own, no aliases that grow into more than the text.
 * @throws ProblemError `invalid-input` with one sentence
 */
export function plainYaml(text: string): PlainYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: true, lineCounter: lines })
  const [wrong] = [...document.errors, ...document.warnings]
  if (wrong)
    throw new ProblemError('invalid-input', {
      reason: wrong.message.split('\n')[0]?.replace(/[:.]$/, '') ?? 'is no YAML',
    })
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  try {
    return { value: document.toJS({ maxAliasCount: 50 }), lineOf }
  } catch (cause) {
    throw new ProblemError('invalid-input', { reason: 'refers to itself too often' }, { cause })
  }
}
