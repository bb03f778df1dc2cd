import { ProblemError } from '../../src-shared/problem.ts'
import type { HostOptions } from './host.ts'
import { findCloudScript, startSandboxCloud, type SandboxCloud } from './sandbox-cloud.ts'

/** The sample clients' cloud on this machine: started when it is needed, kept until it is closed. */
export class EmbeddedCloud {
  readonly #profile: string
  readonly #script: string | null
  readonly #given: string | null
  readonly #ended: () => void
  #running: SandboxCloud | null = null
  #starting: Promise<SandboxCloud> | null = null

  /** @param ended is called when it ended by itself */
  constructor(
    profile: string,
    { sandbox, cloudUrl, installation }: Pick<HostOptions, 'sandbox' | 'cloudUrl' | 'installation'>,
    ended: () => void,
  ) {
    this.#profile = profile
    this.#script = findCloudScript(installation ?? import.meta.dirname)
    this.#given = sandbox ? cloudUrl : null
    this.#ended = ended
  }

  /** Whether this installation has one, or another was given in its place. */
  get available(): boolean {
    return this.#script !== null || this.#given !== null
  }

  get running(): boolean {
    return this.#running !== null
  }

  /** Where it answers: the given one, else one that is started where it does not run. @throws ProblemError `sandbox-failed`, `cancelled` */
  async url(): Promise<string> {
    if (this.#given) return this.#given
    if (this.#running) return this.#running.url
    this.#starting ??= this.#start()
    return (await this.#starting).url
  }

  async close(): Promise<void> {
    const running = this.#running
    this.#running = null
    this.#starting = null
    await running?.close()
  }

  async #start(): Promise<SandboxCloud> {
    // A turn later `#starting` is this very start.
    await Promise.resolve()
    const starting = this.#starting
    try {
      const cloud = await startSandboxCloud(this.#profile, this.#script)
      if (this.#starting !== starting) {
        await cloud.close()
        throw new ProblemError('cancelled')
      }
      this.#running = cloud
      void cloud.ended.then(() => this.#onEnd(cloud))
      return cloud
    } finally {
      if (this.#starting === starting) this.#starting = null
    }
  }

  #onEnd(cloud: SandboxCloud): void {
    if (this.#running !== cloud) return
    this.#running = null
    this.#ended()
  }
}
