import type { Mention } from './entry.ts'

/** People whom one note mentions at most. */
export const MAX_MENTIONS = 64

/** A piece of a text; `mention` where it is an `@` with the name of somebody who is mentioned. */
export interface MentionPiece {
  text: string
  mention: boolean
}

/**
 * Whom a note mentions: everybody whose whole name stands behind an `@`, whatever the case of its letters, in the order
 * of the text. Of two with one name both are meant. At most {@link MAX_MENTIONS}.
 */
export function mentionsIn(text: string, technicians: readonly Mention[]): Mention[] {
  const found = new Map<string, Mention>()
  for (const piece of mentionPieces(text, technicians)) {
    if (!piece.mention) continue
    for (const { id, name } of technicians) if (same(name, piece.text.slice(1))) found.set(id, { id, name })
  }
  return [...found.values()].slice(0, MAX_MENTIONS)
}

/** Cuts a text at the mentions in it; together the pieces are the text. */
export function mentionPieces(text: string, mentions: readonly Pick<Mention, 'name'>[]): MentionPiece[] {
  if (mentions.length === 0 || !text.includes('@')) return text === '' ? [] : [{ text, mention: false }]
  // The longest first: "@Ann Lee" is not Ann.
  const names = mentions.map(({ name }) => name).sort((a, b) => b.length - a.length)
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_@.])@(?:${names.map(literal).join('|')})(?![\\p{L}\\p{N}_])`, 'giu')
  const pieces: MentionPiece[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (index > from) pieces.push({ text: text.slice(from, index), mention: false })
    pieces.push({ text: found, mention: true })
    from = index + found.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), mention: false })
  return pieces
}

function literal(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`)
}

function same(one: string, other: string): boolean {
  return one.toLocaleLowerCase() === other.toLocaleLowerCase()
}
