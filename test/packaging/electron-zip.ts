import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** What @electron/fuses looks for in a binary: the sentinel, a version, a length, then a byte for each fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/**
 * Writes a zip named like Electron's release of a version, with a binary that has a fuse wire and does nothing.
 * @param fuses how many fuses the binary has, all on
 */
export function writeElectronZip(folder: string, version: string, fuses: number): void {
  mkdirSync(folder, { recursive: true })
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, fuses]), Buffer.alloc(fuses, '1')])
  const files = new Map([
    ['electron', Buffer.concat([Buffer.from('#!/bin/sh\n'), wire, Buffer.from('\n')])],
    ['version', Buffer.from(version)],
    ['LICENSE', Buffer.from('of Electron')],
    ['LICENSES.chromium.html', Buffer.from('of Chromium')],
    ['resources/default_app.asar', Buffer.from('')],
  ])
  writeFileSync(join(folder, `electron-v${version}-linux-x64.zip`), zipOf(files))
}

/** A zip whose files are stored as they are (PKWARE's APPNOTE, 4.3). */
function zipOf(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, data] of files) {
    const path = Buffer.from(name)
    const facts = Buffer.alloc(22)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt32LE(crc32(data), 10)
    facts.writeUInt32LE(data.length, 14)
    facts.writeUInt32LE(data.length, 18)
    const lengths = Buffer.alloc(4)
    lengths.writeUInt16LE(path.length, 0)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, lengths, path, data])
    const rest = Buffer.alloc(14)
    // Made on Unix, with rights to execute.
    rest.writeUInt32LE((0o100755 << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), facts, lengths, rest, path]))
    parts.push(local)
    offset += local.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(files.size, 8)
  end.writeUInt16LE(files.size, 10)
  end.writeUInt32LE(entries.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, entries, end])
}
