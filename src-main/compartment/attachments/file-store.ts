import { createHmac } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { copyFile, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Damaged, SealedFile, type SealedMeta } from './sealed-file.ts'

export const FILES_FOLDER = 'files'
/** Bytes of copies that are kept of files which the cloud has. */
const COPIES = 512 * 1024 * 1024
/** Milliseconds that a file which nobody goes on writing is kept, so that it can be gone on with. */
const UNFINISHED = 86_400_000
/** Bytes of the disk that are left to others. */
const MARGIN = 32 * 1024 * 1024

/** Limits that stand in for a full disk, or make small of what is large; for tests. */
export interface FileLimits {
  /** Bytes that a file can have at most. */
  file?: number
  /** Bytes of copies. */
  copies?: number
}

/**
 * The encrypted files of a compartment, by the SHA-256 of their content. The same content is there once. Names are
 * keyed hashes: who lists the folder learns how many files there are and about how long, and cannot tell whether a known
 * content is among them.
 */
export class FileStore {
  readonly #folder: string
  readonly #contentKey: Buffer
  readonly #nameKey: Buffer
  readonly #limits: FileLimits

  /** @param nameKey and `contentKey`, 32 bytes each, belong to the caller */
  constructor(folder: string, contentKey: Buffer, nameKey: Buffer, limits: FileLimits = {}) {
    this.#folder = join(folder, FILES_FOLDER)
    this.#contentKey = contentKey
    this.#nameKey = nameKey
    this.#limits = limits
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
  }

  has(sha256: string): boolean {
    return existsSync(this.#pathOf(sha256))
  }

  /** @throws Damaged; `ENOENT` where it is not here */
  async open(sha256: string): Promise<SealedFile> {
    return SealedFile.open(this.#pathOf(sha256), this.#contentKey, `content ${sha256}`)
  }

  /** Puts a content into another store, under that one's keys. One that cannot be trusted is left out. */
  async copyTo(other: FileStore, sha256: string): Promise<void> {
    const label = `content ${sha256}`
    const path = other.#pathOf(sha256)
    await copyFile(this.#pathOf(sha256), path)
    try {
      const file = await SealedFile.open(path, this.#contentKey, label, 'r+')
      try {
        await file.label(other.#contentKey, label, { size: file.meta.size })
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      if (!(error instanceof Damaged)) throw error
      await rm(path, { force: true })
    }
  }

  /** Waits until the names of the files are on the disk. */
  async sync(): Promise<void> {
    await syncFolder(this.#folder)
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.#pathOf(sha256), { force: true })
  }

  /** Begins a file that is not whole yet. `name` says what it will be, and finds it again. */
  async begin<Meta extends SealedMeta>(name: string, meta: Meta): Promise<SealedFile<Meta>> {
    const path = this.#partOf(name)
    await rm(path, { force: true })
    return SealedFile.create(path, this.#contentKey, `part ${name}`, meta, this.#limits.file)
  }

  /** Goes on with a file that is not whole yet. @throws Damaged; `ENOENT` */
  async resume<Meta extends SealedMeta>(name: string): Promise<SealedFile<Meta>> {
    return SealedFile.open<Meta>(this.#partOf(name), this.#contentKey, `part ${name}`, 'r+', this.#limits.file)
  }

  /** Makes a file that is whole now the one with this content; on the disk, name included, when it returns. Closes it. */
  async keep(name: string, file: SealedFile, sha256: string): Promise<void> {
    try {
      await file.label(this.#contentKey, `content ${sha256}`, { size: file.meta.size })
      await file.touch()
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(this.#partOf(name), this.#pathOf(sha256))
    await syncFolder(this.#folder)
  }

  /** Removes a file that is not whole, and the note of what it became. */
  async drop(name: string): Promise<void> {
    for (const one of [name, noteOf(name)]) await rm(this.#partOf(one), { force: true })
  }

  /**
   * Notes, on the disk, what a file is about to be kept as: until it is dropped, {@link FileStore.takeBack} makes it a file
   * of its own again, wherever a crash came between.
   */
  async note(name: string, { meta }: SealedFile, sha256: string): Promise<void> {
    const note = await this.begin(noteOf(name), { ...meta, sha256 })
    await note.sync().finally(() => note.close())
  }

  /** Makes what was kept, and not dropped since it was noted, a file of its own again. */
  async takeBack(name: string): Promise<void> {
    const note = await unlessGone(
      SealedFile.open<SealedMeta & { sha256: string }>(
        this.#partOf(noteOf(name)),
        this.#contentKey,
        `part ${noteOf(name)}`,
      ),
    )
    if (!note) return
    await note.close()
    const { sha256, ...meta } = note.meta
    const path = this.#partOf(name)
    // The content may be another attachment's as well.
    if (!existsSync(path) && this.has(sha256)) await copyFile(this.#pathOf(sha256), path)
    const file = await unlessGone(SealedFile.open(path, this.#contentKey, `content ${sha256}`, 'r+'))
    if (!file) return
    try {
      await file.label(this.#contentKey, `part ${name}`, meta)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** Whether the disk has room for so many bytes more. */
  async hasRoom(bytes: number): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.#folder)
    return bytes + MARGIN <= bavail * bsize
  }

  /**
   * Removes what was left behind unfinished, and the copies that were not used for longest beyond the bytes that are
   * kept.
   * @param unsent contents that exist nowhere else
   */
  async tidy(unsent: Iterable<string>): Promise<void> {
    const kept = new Set(Array.from(unsent, (sha256) => this.#nameOf(sha256)))
    const copies: { path: string; size: number; usedAt: number }[] = []
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name)
      const found = await stat(path).catch(() => null)
      if (!found) continue
      if (name.endsWith('.part')) {
        if (Math.abs(Date.now() - found.mtimeMs) > UNFINISHED) await rm(path, { force: true })
      } else if (!kept.has(name)) copies.push({ path, size: found.size, usedAt: found.mtimeMs })
    }
    let bytes = copies.reduce((sum, { size }) => sum + size, 0)
    // The one that was used last is what a person looks at, however large it is.
    for (const { path, size } of copies.sort((x, y) => x.usedAt - y.usedAt).slice(0, -1)) {
      if (bytes <= (this.#limits.copies ?? COPIES)) return
      await rm(path, { force: true })
      bytes -= size
    }
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, this.#nameOf(sha256))
  }

  #partOf(name: string): string {
    return join(this.#folder, `${this.#nameOf(name)}.part`)
  }

  #nameOf(of: string): string {
    return createHmac('sha256', this.#nameKey).update(of).digest('hex')
  }
}

/** Names what a file became. */
function noteOf(name: string): string {
  return `what became of ${name}`
}

/** Null for a file that is not there, or is another one than was asked for. */
async function unlessGone<File>(opening: Promise<File>): Promise<File | null> {
  return opening.catch((error: unknown) => {
    if (error instanceof Damaged || (error as { code?: string }).code === 'ENOENT') return null
    throw error
  })
}

/** A new name in a folder outlives a power cut only after this. Windows has no such thing, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
