import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeReply, decodeRequest, encodeFrame } from '../../src-shared/channel/frame.ts'

test('a request comes out of its frame as it went in, whatever its payload holds', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 100 }),
      fc.string(),
      fc.json(),
      (id, to, path, payload) => {
        const header = { op: 'call', id, to, type: 'query', path: path.slice(0, 50) } as const
        expect(decodeRequest(encodeFrame(header, payload))).toEqual({ header, payload })
      },
    ),
  )
})

test('what is no frame is refused without an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((json) => `${json}\n{}`),
      ),
      (text) => {
        const request = decodeRequest(text)
        if (request) expect(['call', 'stop']).toContain(request.header.op)
        expect(() => decodeReply(text)).not.toThrow()
      },
    ),
    { numRuns: 2000 },
  )
})

test('a header cannot smuggle in more than its known fields', () => {
  const decoded = decodeRequest(
    '{"op":"call","id":1,"to":"console","type":"query","path":"a","__proto__":{"x":1},"extra":2}\n',
  )
  expect(Object.keys(decoded?.header ?? {})).toEqual(['op', 'id', 'to', 'type', 'path'])
})
