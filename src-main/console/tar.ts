/** Bytes of a block of a tar archive. */
const BLOCK = 512

/**
 * What goes before a file's bytes in a tar archive (POSIX pax): its name may have any length and any characters.
 * @param name with `/` between folders
 * @param size bytes, below 8 GiB
 */
export function tarHead(name: string, size: number, at: Date): Buffer {
  const plain = /^[\x20-\x7e]{1,100}$/.test(name)
  const head = header(plain ? name : 'file', size, at, '0')
  if (plain) return head
  const record = paxRecord('path', name)
  return Buffer.concat([header('pax', record.length, at, 'x'), record, tarPadding(record.length), head])
}

/** What fills the last block of a file up. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}

/** What an archive ends with. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK)

/** Its length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function header(name: string, size: number, at: Date, type: 'x' | '0'): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, from: number, digits: number) =>
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, from, 'latin1')
  block.write(name, 0, 'latin1')
  octal(0o600, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(Math.floor(at.getTime() / 1000), 136, 11)
  block.write(`${' '.repeat(8)}${type}`, 148, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
