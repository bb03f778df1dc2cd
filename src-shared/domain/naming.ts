import { z } from 'zod'
import { Key } from './primitives.ts'

/** One piece of a pattern. */
type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'choice'; texts: string[] }
  | { kind: 'digits'; count: number | null }
  | { kind: 'word' | 'words' }

type RunPiece = Exclude<Piece, { kind: 'text' | 'choice' }>

const PLACEHOLDERS = 'Use {client}, {word}, {words}, {number}, {number:3} or a choice such as {RW|RO}'
const WORD = /[\p{L}\p{N}]/u
const WORDS = /[\p{L}\p{M}\p{N} ._-]/u

/**
 * A pattern of names: text as it stands, and in braces `{client}` (the client's short name without spaces), `{word}`
 * (letters and digits), `{words}` (also spaces, dots, hyphens and underscores), `{number}` (digits), `{number:3}` (three
 * digits) and choices such as `{RW|RO}`.
 */
export const NamePattern = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .superRefine((pattern, context) => {
    const wrong = misfitOf(pattern)
    if (wrong) context.addIssue({ code: 'custom', message: wrong })
  })

/** How things of one kind are named at a client. */
export const NamingConvention = z.strictObject({
  key: Key,
  label: z.string().trim().min(1).max(60),
  kind: z.enum(['security-group', 'distribution-list', 'licence', 'device', 'account', 'other']),
  pattern: NamePattern,
})
export type NamingConvention = z.infer<typeof NamingConvention>

/** A name that a pattern stands for, for a client of that short name. */
export function exampleName(pattern: string, shortName: string): string {
  return piecesOf(pattern, shortName)
    .map((piece) => {
      switch (piece.kind) {
        case 'text':
          return piece.text
        case 'choice':
          return piece.texts[0] ?? ''
        case 'digits':
          return '1'.padStart(piece.count ?? 2, '0')
        case 'word':
          return 'Finance'
        case 'words':
          return 'Finance Team'
      }
    })
    .join('')
}

/** Whether a name follows a pattern; upper and lower case count as the same. Takes time in proportion to its length. */
export function followsPattern(name: string, pattern: string, shortName: string): boolean {
  const letters = [...name.normalize('NFC').toLowerCase()]
  let places = new Set([0])
  for (const piece of piecesOf(pattern.normalize('NFC').toLowerCase(), shortName.normalize('NFC').toLowerCase())) {
    const next = new Set(runs(piece) ? endsOfRun(piece, letters, places) : [])
    if (!runs(piece)) for (const place of places) for (const end of endsOf(piece, letters, place)) next.add(end)
    if (next.size === 0) return false
    places = next
  }
  return places.has(letters.length)
}

/** What of `names` does not follow a convention, in their order. */
export function strayNames(names: readonly string[], { pattern }: NamingConvention, shortName: string): string[] {
  return names.filter((name) => !followsPattern(name, pattern, shortName))
}

/** Whether a piece takes as many letters as there are. */
function runs(piece: Piece): piece is RunPiece {
  return piece.kind === 'word' || piece.kind === 'words' || (piece.kind === 'digits' && piece.count === null)
}

/** Where a run can end that begins at any of the places: each letter is looked at once. */
function* endsOfRun(piece: RunPiece, letters: string[], places: ReadonlySet<number>): Generator<number> {
  const fits = piece.kind === 'digits' ? /\d/ : piece.kind === 'word' ? WORD : WORDS
  let inside = false
  for (let at = 0; at < letters.length; at++) {
    inside = (inside || places.has(at)) && fits.test(letters[at] ?? '')
    if (inside) yield at + 1
  }
}

function* endsOf(piece: Piece, letters: string[], from: number): Generator<number> {
  if (piece.kind === 'digits') {
    const end = from + (piece.count ?? 1)
    if (end <= letters.length && letters.slice(from, end).every((letter) => /\d/.test(letter))) yield end
  } else if (piece.kind === 'text' || piece.kind === 'choice') {
    for (const text of piece.kind === 'text' ? [piece.text] : piece.texts) {
      const wanted = [...text]
      if (wanted.every((letter, i) => letters[from + i] === letter)) yield from + wanted.length
    }
  }
}

function piecesOf(pattern: string, shortName: string): Piece[] {
  return pattern
    .split(/(\{[^{}]*\})/)
    .filter(Boolean)
    .map((part): Piece => {
      if (!part.startsWith('{')) return { kind: 'text', text: part }
      const inner = part.slice(1, -1)
      if (inner === 'client') return { kind: 'text', text: shortName.replace(/\s+/g, '') }
      if (inner === 'word' || inner === 'words') return { kind: inner }
      if (inner === 'number') return { kind: 'digits', count: null }
      const counted = /^number:(\d)$/.exec(inner)
      return counted ? { kind: 'digits', count: Number(counted[1]) } : { kind: 'choice', texts: inner.split('|') }
    })
}

function misfitOf(pattern: string): string | null {
  const outside = pattern.replace(/\{[^{}]*\}/g, '')
  if (/[{}]/.test(outside)) return `has a brace that is not closed. ${PLACEHOLDERS}`
  for (const [, inner = ''] of pattern.matchAll(/\{([^{}]*)\}/g)) {
    const known = /^(?:client|words?|number(?::[1-9])?)$/.test(inner)
    const choice = inner.includes('|') && inner.split('|').every((text) => text.trim() !== '')
    if (!known && !choice) return `does not know {${inner.slice(0, 40)}}. ${PLACEHOLDERS}`
  }
  return null
}
