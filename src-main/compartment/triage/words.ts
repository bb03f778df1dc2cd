/** The words of a query, as the text index cuts them: letters and digits; everything else parts words. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}\p{Co}]+/gu)].map(([word]) => word).slice(0, 12)
}

/**
 * A query of the text index; words are quoted, so nothing that a person types is an operator. The last word may be
 * unfinished, but a single letter would be the beginning of half of all texts.
 */
export function matchOf(words: readonly string[], unfinished = true): string {
  return words
    .map((word, i) => (unfinished && i === words.length - 1 && word.length > 1 ? `"${word}"*` : `"${word}"`))
    .join(' ')
}
