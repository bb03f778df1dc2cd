/** A name of a client as one of a file, without its ending: `harbour-legal`. */
export function fileNameOf(name: string): string {
  const words = name
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? ['client']
  return words.join('-')
}
