const LONGEST = 255
/** Control characters, and those that turn the direction of text or take no room: with them a name shows another one. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu
/** What no file name on Windows may hold. */
const FORBIDDEN = /[<>:"|?*]/g
/** Names of devices on Windows, whatever extension follows (learn.microsoft.com, "Naming Files, Paths, and Namespaces"). */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i

/** A file name that is safe on every system and shows what it is: without a path, and with its extension. */
export function safeFileName(name: string): string {
  const base = name.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = base
    .replace(INVISIBLE, '')
    .replace(FORBIDDEN, '_')
    .trim()
    .replace(/[. ]+$/, '')
  if (clean === '') return 'file'
  const named = DEVICE.test(clean) ? `_${clean}` : clean
  if (named.length <= LONGEST) return named
  const extension = /\.[^.]{1,20}$/.exec(named)?.[0] ?? ''
  // Half a character may be left where it was cut.
  return (
    named
      .slice(0, LONGEST - extension.length)
      .toWellFormed()
      .replace(/\uFFFD$/, '')
      .trimEnd() + extension
  )
}
