import { createRequire } from 'node:module'
import bidiFactory from 'bidi-js'
import PdfFile from 'pdfkit'

const { resolve } = createRequire(import.meta.url)
/** Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic; not the scripts of East Asia. */
const FONTS = {
  plain: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
}
type Face = keyof typeof FONTS

/** What is used here of the Unicode Bidirectional Algorithm, which comes without types. */
interface Bidi {
  getEmbeddingLevels(
    text: string,
    direction: 'ltr' | 'rtl' | 'auto',
  ): { levels: Uint8Array; paragraphs: { level: number }[] }
  getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>
}
const bidi = (bidiFactory as unknown as () => Bidi)()
const MARGIN = 50
/** Points that the names of sections take on the left, and from there to what they say. */
const LABEL = 132
const GAP = 14
const LEADING = 1.42
/** Points a side that a picture takes at most. */
const PICTURE = 52
const INK = '#1c1c1e'
const RULE = '#dfe2e7'
export const QUIET = '#5f656e'

/** One page of A4, written from top to bottom. Letters of every direction stand as they are read. */
export class Page {
  readonly #document = new PdfFile({ size: 'A4', margin: MARGIN, autoFirstPage: true, compress: true })
  readonly #pieces: Buffer[] = []
  readonly #colour: string
  readonly #whole: number
  #left = MARGIN
  #width: number
  readonly #bottom: number
  #y = MARGIN
  /** Letters that the font lacks, and lines for which there was no room. */
  lacking = 0
  dropped = 0

  /** @param colour of the client, #rrggbb: a band along the top, and the names of sections as far as it can be read */
  constructor(title: string, colour: string) {
    for (const [name, file] of Object.entries(FONTS)) this.#document.registerFont(name, file)
    this.#document.info.Title = title
    this.#document.on('data', (piece: Buffer) => this.#pieces.push(piece))
    this.#whole = this.#document.page.width - 2 * MARGIN
    this.#width = this.#whole
    this.#bottom = this.#document.page.height - MARGIN - 30
    this.#colour = readable(colour)
    this.#document.rect(0, 0, this.#document.page.width, 10).fill(colour)
  }

  space(points: number): void {
    this.#y += points
  }

  /** The first lines, beside a picture on the right. @param png a sound one; null for none */
  head(png: Buffer | null, work: () => void): void {
    if (!png) return work()
    const top = this.#y
    this.#document.image(png, MARGIN + this.#whole - PICTURE, top, { fit: [PICTURE, PICTURE], align: 'right' })
    this.#within(0, this.#whole - PICTURE - GAP, work)
    this.#y = Math.max(this.#y, top + PICTURE)
  }

  /** A part with its name on the left, and a line below. */
  section(name: string, work: () => void): void {
    const top = this.#y
    this.#within(0, LABEL, () => this.text(name, 10, { face: 'bold', colour: this.#colour }))
    const end = this.#y
    this.#y = top
    this.#within(LABEL + GAP, this.#whole - LABEL - GAP, work)
    this.#y = Math.max(this.#y, end) + 10
    this.rule()
  }

  /** Cells beside each other, a line each. @param shares of the width */
  row(cells: readonly string[], shares: readonly number[], size: number, colour = INK): void {
    if (this.#y + size > this.#bottom) {
      this.dropped++
      return
    }
    this.#document.font('plain').fontSize(size).fillColor(colour)
    const [left, width] = [this.#left - MARGIN, this.#width]
    let at = 0
    for (const [i, cell] of cells.entries()) {
      const share = shares[i] ?? 0
      this.#within(left + at * width, share * width - 8, () => this.#line(this.#cut(cell), this.#y))
      at += share
    }
    this.#y += size * LEADING
  }

  #within(left: number, width: number, work: () => void): void {
    const before = [this.#left, this.#width] as const
    this.#left = MARGIN + left
    this.#width = width
    work()
    ;[this.#left, this.#width] = before
  }

  /** @param most lines; what is longer ends in an ellipsis */
  text(
    words: string,
    size: number,
    { face = 'plain', colour = INK, most = 3 }: { face?: Face; colour?: string; most?: number } = {},
  ): void {
    this.#document.font(face).fontSize(size).fillColor(colour)
    const lines = this.#linesOf(words.replace(/\s+/g, ' ').trim())
    if (lines.length > most) lines[most - 1] = this.#cut(`${lines.slice(most - 1).join(' ')}`)
    for (const line of lines.slice(0, most)) {
      if (this.#y + size > this.#bottom) {
        this.dropped++
        continue
      }
      this.#line(line, this.#y)
      this.#y += size * LEADING
    }
  }

  /** A line across; none where there is no room. */
  rule(): void {
    if (this.#y > this.#bottom) return
    this.#document
      .moveTo(MARGIN, this.#y)
      .lineTo(MARGIN + this.#whole, this.#y)
      .lineWidth(0.75)
      .strokeColor(RULE)
      .stroke()
    this.#y += 11
  }

  /** Small print at the bottom. @returns the finished file */
  async end(footer: readonly string[]): Promise<Buffer> {
    this.#document.font('plain').fontSize(8).fillColor(QUIET)
    let y = this.#bottom + 14
    for (const line of footer) {
      this.#line(this.#cut(line), y)
      y += 11
    }
    const ended = new Promise<void>((done) => this.#document.once('end', () => done()))
    this.#document.end()
    await ended
    return Buffer.concat(this.#pieces)
  }

  #measure(text: string): number {
    return this.#document.widthOfString(text)
  }

  #cut(text: string): string {
    if (this.#measure(text) <= this.#width) return text
    const letters = [...text]
    while (letters.length > 0 && this.#measure(`${letters.join('')}…`) > this.#width) letters.pop()
    return `${letters.join('').trimEnd()}…`
  }

  #linesOf(words: string): string[] {
    const lines: string[] = []
    let line = ''
    for (const word of words.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (this.#measure(longer) <= this.#width) {
        line = longer
        continue
      }
      if (line !== '') lines.push(line)
      line = word
      // A word without a space that is wider than the page.
      while (this.#measure(line) > this.#width) {
        const letters = [...line]
        let count = letters.length
        while (count > 1 && this.#measure(letters.slice(0, count).join('')) > this.#width) count--
        lines.push(letters.slice(0, count).join(''))
        line = letters.slice(count).join('')
      }
    }
    return line === '' ? lines : [...lines, line]
  }

  /** Draws runs of one direction each, in the order in which they are seen; a line that begins from right to left stands right. */
  #line(text: string, y: number): void {
    const { levels, paragraphs } = bidi.getEmbeddingLevels(text, 'auto')
    const right = ((paragraphs[0]?.level ?? 0) & 1) === 1
    const runs = visualRuns(text, levels)
    const total = runs.reduce((sum, run) => sum + this.#measure(run), 0)
    let x = right ? this.#left + this.#width - total : this.#left
    for (const run of runs) {
      this.lacking += this.#lackingIn(run)
      this.#document.text(run, x, y, { lineBreak: false })
      x += this.#measure(run)
    }
  }

  #lackingIn(text: string): number {
    const held = (this.#document as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })
      ._font.font
    return [...text].filter((letter) => !held.hasGlyphForCodePoint(letter.codePointAt(0) ?? 32)).length
  }
}

/** Runs of one embedding level in the order in which they are seen (UAX 9, L2), with mirrored brackets. */
function visualRuns(text: string, levels: Uint8Array): string[] {
  const mirrored = bidi.getMirroredCharactersMap(text, levels)
  const runs: { level: number; text: string }[] = []
  for (let i = 0; i < text.length; i++) {
    const level = levels[i] ?? 0
    const letter = mirrored.get(i) ?? text[i] ?? ''
    const last = runs.at(-1)
    if (last?.level === level) last.text += letter
    else runs.push({ level, text: letter })
  }
  const highest = Math.max(0, ...runs.map(({ level }) => level))
  for (let level = highest; level > 0; level--)
    for (let from = 0; from < runs.length; from++) {
      let to = from
      while (to < runs.length && (runs[to]?.level ?? 0) >= level) to++
      if (to > from) runs.splice(from, to - from, ...runs.slice(from, to).reverse())
      from = Math.max(from, to)
    }
  // The library places the words of a text from left to right, whatever their letters.
  return runs.flatMap((run) => (run.level % 2 === 0 ? [run.text] : run.text.split(/( )/).filter(Boolean).reverse()))
}

/** A colour as dark as text on white has to be: a contrast of 4.5 (WCAG 2). */
function readable(colour: string): string {
  let channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  const luminance = (): number => {
    const [r = 0, g = 0, b = 0] = channels.map((value) =>
      value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  while (1.05 / (luminance() + 0.05) < 4.5) channels = channels.map((value) => Math.floor(value * 0.94))
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
