/** A part of what somebody wrote: their own words, or what they quote. All parts in a row are the whole text. */
export interface Part {
  text: string
  quoted: boolean
}

/** Shorter quotes without a header are what the line below them answers; they stay in sight. */
const FOLDED_FROM = 4

const DIVIDER =
  /^\s*-{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht|Originalnachricht|Message d'origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Oprindelig besked|Mensagem original)\s*-{2,}\s*$/i

/** What mail programs put before what they quote, line by line; the names are those of Outlook in its languages. */
const HEADERS = [
  /^\s*\*?(?:From|Von|De|Da|Van|Från|Fra)\s?:\*?\s*\S/i,
  /^\s*\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Enviada em|Fecha|Inviato|Data|Verzonden|Skickat|Sendt)\s?:\*?\s*\S/i,
  /^\s*\*?(?:To|An|À|A|Para|Aan|Till|Til)\s?:\*?\s*\S/i,
  /^\s*\*?(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Ämne|Emne|Assunto)\s?:\*?/i,
]
const COPY = /^\s*\*?(?:Cc|Bcc|Kopie|Importance|Wichtigkeit|Priorität)\s?:/i
const UNDERLINE = /^\s*_{8,}\s*$/

/** `On … wrote:`, perhaps broken over some lines. */
const WROTE =
  /^\s*(?:On|Am|Le|El|Il|Op|Em|Den|W dniu)\s.*(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał|pisze).*:\s*$/i
const WROTE_LINES = 3
const WROTE_LENGTH = 400
/** A person's sentence such as `On Monday they wrote:` has no date in figures with an address. */
const SURE_OF_MAIL = /\d.*<?[^\s<>@]+@[^\s<>@]+>?/

/** Between them is code, whatever it looks like. */
const FENCE = /^\s{0,3}`{3,}[^`]*$/
const FENCE_END = /^\s{0,3}`{3,}\s*$/

const isQuoteLine = (line: string): boolean => /^\s{0,3}>/.test(line)
const isBlank = (line: string): boolean => line.trim() === ''

/**
 * Tells a person's own words from what their mail program put below them. Where it is in doubt, text counts as their own:
 * - lines with `>` in front are quoted, and nothing between them nor between two fences of code;
 * - all below an Outlook divider or its block of headers is, unless nothing stands above it: that is a forwarded mail;
 * - all below `On … wrote:` is where it has a date and an address, else only the lines with `>` right below it.
 * @returns one part where nothing is quoted, or nothing else
 */
export function partsOf(body: string): Part[] {
  const lines = body.split(/(?<=\n)/)
  const quoted = lines.map(() => false)
  const lastFence = lines.findLastIndex((line) => FENCE_END.test(line))
  let own = false
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (isBlank(line)) continue
    if (at < lastFence && FENCE.test(line)) {
      own = true
      while (!FENCE_END.test(lines[++at] ?? ''));
      continue
    }
    const header = wroteLines(lines, at)
    const end = quoteEnd(lines, at + header)
    const below = end > at + header && (header > 0 || end - at >= FOLDED_FROM)
    if (below) {
      quoted.fill(true, at, end)
      at = end - 1
    } else if (own && isRestQuoted(lines, at, header)) {
      quoted.fill(true, at)
      break
    } else {
      own = true
    }
  }
  return own ? joined(lines, quoted) : [{ text: body, quoted: false }]
}

/** @param header how many lines `On … wrote:` takes from here */
function isRestQuoted(lines: readonly string[], at: number, header: number): boolean {
  if (header > 0) return SURE_OF_MAIL.test(lines.slice(at, at + header).join(' '))
  return DIVIDER.test(lines[at] ?? '') || isHeaders(lines, at)
}

function isHeaders(lines: readonly string[], at: number): boolean {
  let next = UNDERLINE.test(lines[at] ?? '') ? at + 1 : at
  for (const header of HEADERS) {
    while (header !== HEADERS[0] && COPY.test(lines[next] ?? '')) next++
    if (!header.test(lines[next] ?? '')) return false
    next++
  }
  return true
}

/** How many lines a header `On … wrote:` takes from here; 0 where there is none. */
function wroteLines(lines: readonly string[], at: number): number {
  for (let count = 1; count <= WROTE_LINES; count++) {
    const text = lines
      .slice(at, at + count)
      .join(' ')
      .replaceAll(/\s+/g, ' ')
    if (text.length > WROTE_LENGTH || isQuoteLine(lines[at + count - 1] ?? '')) return 0
    if (WROTE.test(text)) return count
  }
  return 0
}

/** The line after the last one of those with `>` that begin here; blank lines may stand before and between them. */
function quoteEnd(lines: readonly string[], from: number): number {
  let end = from
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (isQuoteLine(line)) end = at + 1
    else if (!isBlank(line)) break
  }
  return end
}

function joined(lines: readonly string[], quoted: readonly boolean[]): Part[] {
  const parts: Part[] = []
  lines.forEach((line, index) => {
    const last = parts.at(-1)
    const isQuoted = quoted[index] === true
    if (last?.quoted === isQuoted) last.text += line
    else parts.push({ text: line, quoted: isQuoted })
  })
  return parts
}
