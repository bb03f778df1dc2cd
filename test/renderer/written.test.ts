import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partsOf } from '../../src-renderer/features/ticket/quotes.ts'
import { piecesOf } from '../../src-renderer/features/ticket/web-links.ts'

// Own words are in capitals, quoted ones in small letters.

const outlook = (names: string): string =>
  names
    .split('|')
    .map((name) => `${name}: something\n`)
    .join('')

test.each([
  ['lines with >', 'YES, DO.\n\n> one\n> two\n>\n> three\n'],
  ['Gmail', 'YES, DO.\n\nOn Tue, Nov 3, 2026 at 10:12 AM ada byron <ada@x.example>\nwrote:\n\n> one\n> two\n'],
  ['Gmail without the signs', 'DONE.\n\nOn Tue, 3 Nov 2026, ada <ada@x.example> wrote:\n\none\ntwo\n'],
  ['German', 'JA.\r\n\r\nAm 03.11.2026 um 10:12 schrieb ada byron <ada@x.example>:\r\n> eins\r\n'],
  ['Outlook', `THANKS.\n\n________________________________\n${outlook('From|Sent|To|Cc|Subject')}\nold words\n`],
  ['Outlook, German', `DANKE.\n\n${outlook('Von|Gesendet|An|Cc|Betreff')}\nalte Worte\n`],
  ['Outlook, older', 'THANKS.\n\n-----Original Message-----\nfrom: somebody\n\nold words\n'],
  ['answers between', 'ONE:\n> a\n> b\n> c\n> d\nTWO\nOn Nov 3, 2026, x <x@y.example> wrote:\n> e\nTHREE\n'],
])('%s: what is quoted is folded, and nothing else', (_name, body) => {
  const parts = partsOf(body)
  expect(parts.map(({ text }) => text).join('')).toBe(body)
  expect(parts.some(({ quoted }) => quoted)).toBe(true)
  for (const { text, quoted } of parts) {
    const letters = text.replaceAll(/^(?:On|Am|From|Von|Sent|-----Original).*|[<[]\S*[>\]]/gm, '')
    if (quoted) expect(letters).not.toMatch(/[A-Z]{3}/)
    else expect(letters).not.toMatch(/[a-zäöü]{3}/)
  }
})

test.each([
  ['a short quote that is answered', '> Which port?\n\nPort 12.'],
  ['a person who tells what somebody wrote', 'On Monday the vendor wrote:\nReplace the disk.\nShall I?'],
  ['a forwarded mail', `${outlook('From|Sent|To|Subject')}\nThe disk is full.`],
  ['headers that somebody pasted', 'These:\nFrom: a@b.example\nReceived: x\nSubject: y\nWhat now?'],
  ['nothing but a quote', '> one\n> two\n> three\n> four\n'],
  ['code', 'Try:\n```\n> one\n> two\n> three\n> four\n```\n'],
  ['shell output', 'PS C:\\> dir\n-> ok\nvalue > 3\n'],
])('%s stays in sight', (_name, body) => {
  expect(partsOf(body)).toEqual([{ text: body, quoted: false }])
})

const linesOf = (signs: string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...signs), { maxLength: 30 }).map((lines) => lines.join('\n'))

test('without a mail header, no line that does not begin with > is ever folded, and nothing gets lost', () => {
  fc.assert(
    fc.property(linesOf(['> a', '>', 'own', '', '  > b', 'On Monday she wrote:', 'From: x', '---']), (body) => {
      const parts = partsOf(body)
      expect(parts.map(({ text }) => text).join('')).toBe(body)
      const folded = parts.filter(({ quoted }) => quoted).flatMap(({ text }) => text.split('\n'))
      expect(folded.filter((line) => !/^\s*>|^$|wrote:$/.test(line))).toEqual([])
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['see https://docs.example/a?b=c.', ['https://docs.example/a?b=c']],
  ['(http://192.168.1.20:8080/status)', ['http://192.168.1.20:8080/status']],
  [
    'https://en.wiki.example/Disk_(head)), "https://x.example"',
    ['https://en.wiki.example/Disk_(head)', 'https://x.example'],
  ],
  ['<https://mail.example/x>, https://müller.example/', ['https://mail.example/x', 'https://müller.example/']],
  ['javascript:alert(1) file:///etc/passwd ftp://x.example node.js www.x.example data:text/html,x', []],
  ['https://bank.example@evil.example/ https://u:p@x.example/', []],
  ['https://bank.example/\u202Efdp.exe https://ba\u200Bnk.example/', []],
  ['https:// http://. https://[::1', []],
])('web addresses of %s', (text, links) => {
  const pieces = piecesOf(text)
  expect(pieces.map((piece) => piece.text).join('')).toBe(text)
  expect(pieces.filter(({ to }) => to !== undefined).map((piece) => piece.text)).toEqual(links)
})

test('where the letters of a host are not those that it leads to, the real one is told', () => {
  const hosts = (text: string): (string | undefined)[] => piecesOf(text).map(({ host }) => host)
  // The first letter is Cyrillic.
  expect(hosts('https://аpple.example/')).toEqual(['xn--pple-43d.example'])
  expect(hosts('https://0x7f.1/')).toEqual(['127.0.0.1'])
  expect(hosts('https://bank.example\\.evil.example/')).toEqual([undefined, undefined])
  expect(hosts('HTTPS://Docs.Example:443/A')).toEqual([undefined])
})
