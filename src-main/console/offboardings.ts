import { createHash, type Hash } from 'node:crypto'
import { MAX_PIECE } from '../../src-shared/domain/attachment.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { OffboardingList, OffboardingView } from '../../src-shared/protocol/offboarding.ts'
import { exportArchive } from './export-archive.ts'
import { fileNameOf } from '../../src-shared/domain/file-name.ts'
import type { ExportPiece, OffboardingApi } from './offboarding-router.ts'
import type { TechnicianSession } from './technician-session.ts'

/** Milliseconds after which an archive that nobody goes on taking is let go of. */
const IDLE = 120_000

/** An archive on its way to a window. */
interface Taking {
  id: string
  name: string
  pieces: AsyncGenerator<Uint8Array>
  stop: AbortController
  idle: NodeJS.Timeout
  hash: Hash
  offset: number
  taken: number
  of: number
  busy: boolean
}

/** Taking clients out, as windows ask for it. The cloud does the work, and is asked each time. */
export class Offboardings implements OffboardingApi {
  readonly #session: TechnicianSession
  /** One at a time: the last that was begun. */
  #taking: Taking | null = null

  constructor(session: TechnicianSession) {
    this.#session = session
  }

  async list(): Promise<OffboardingView[]> {
    return (await this.#session.ask(paths.offboardings, OffboardingList)).offboardings
  }

  start(body: Parameters<OffboardingApi['start']>[0]): Promise<OffboardingView> {
    return this.#post(paths.offboardings, body)
  }

  listAgain(id: string): Promise<OffboardingView> {
    return this.#post(paths.offboardingAct(id, 'export'))
  }

  confirm({ id, ...body }: Parameters<OffboardingApi['confirm']>[0]): Promise<OffboardingView> {
    return this.#post(paths.offboardingAct(id, 'confirm'), body)
  }

  cancel(id: string): Promise<OffboardingView> {
    return this.#post(paths.offboardingAct(id, 'cancel'))
  }

  async take({ id, taking, offset }: Parameters<OffboardingApi['take']>[0]): Promise<ExportPiece> {
    if (offset === 0) await this.#begin(id, taking)
    const now = this.#taking
    if (now?.id !== taking || now.offset !== offset || now.busy) throw over()
    now.busy = true
    now.idle.refresh()
    try {
      return await nextPiece(now)
    } catch (error) {
      // Whoever let go of it meanwhile stopped what it was at.
      if (this.#taking !== now) throw over()
      this.close()
      throw error
    } finally {
      now.busy = false
    }
  }

  /** Lets go of what is being taken. */
  close(): void {
    if (!this.#taking) return
    clearTimeout(this.#taking.idle)
    this.#taking.stop.abort()
    this.#taking = null
  }

  async #begin(id: string, taking: string): Promise<void> {
    const view = await this.#session.ask(paths.offboarding(id), OffboardingView)
    if (view.state !== 'exported' && view.state !== 'retained')
      throw new ProblemError('offboarding-over', {
        reason: `There is no export of ${view.name} to save now. Look at it again.`,
      })
    this.close()
    const folder = `${fileNameOf(view.name)}-export`
    const begun: Taking = {
      ...{ id: taking, name: `${folder}.tar`, hash: createHash('sha256'), offset: 0, taken: 0, busy: false },
      stop: new AbortController(),
      idle: setTimeout(() => this.close(), IDLE).unref(),
      of: view.files.reduce((sum, file) => sum + file.bytes, 0),
      pieces: exportArchive(view, folder, (name) => this.#read(id, name, begun)),
    }
    this.#taking = begun
  }

  async *#read(id: string, name: string, taking: Taking): AsyncGenerator<Uint8Array> {
    const path = `${paths.offboardingFile(id)}?name=${encodeURIComponent(name)}`
    const { body } = await this.#session.stream(path, taking.stop.signal)
    try {
      for await (const piece of body ?? []) {
        taking.taken += (piece as Uint8Array).length
        yield piece as Uint8Array
      }
    } catch (error) {
      // What broke in the middle is the connection's fault, whatever the reader threw.
      throw new ProblemError('cloud-unreachable', { url: this.#session.url }, { cause: error })
    }
  }

  #post(path: string, body: object = {}): Promise<OffboardingView> {
    return this.#session.ask(path, OffboardingView, { method: 'POST', body })
  }
}

function over(): ProblemError {
  return new ProblemError('invalid-input', { reason: 'This export is not being saved any more. Save it again.' })
}

async function nextPiece(taking: Taking): Promise<ExportPiece> {
  const parts: Uint8Array[] = []
  let [size, ended] = [0, false]
  while (size < MAX_PIECE && !ended) {
    const { value, done } = await taking.pieces.next()
    ended = done === true
    if (!value) continue
    parts.push(value)
    size += value.length
  }
  const data = Buffer.concat(parts)
  taking.hash.update(data)
  taking.offset += data.length
  const end = ended ? { name: taking.name, sha256: taking.hash.digest('hex') } : null
  return { data: data.toString('base64'), taken: taking.taken, of: taking.of, end }
}
