/**
 * Whether a text may have marks: a quick look that tells those that need not be read any further. It may say yes to a
 * text without any, and never no to one with some.
 */
export function maybeMarked(text: string): boolean {
  return /\*\S|`|\]\(https?:|-[ \t:]*\||\|[ \t]*:?-|^[ \t]*(?:>|[-*][ \t]|\d{1,3}[.)][ \t])/im.test(text)
}
