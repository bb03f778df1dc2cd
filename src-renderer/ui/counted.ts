/** A number with its word: "1 ticket", "2,140 tickets". @param word in the singular */
export function counted(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}
