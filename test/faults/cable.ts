import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** The cable between a console and what it speaks to: it can be pulled out, which ends everything that goes over it. */
export class Cable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #out = false

  private constructor(port: number) {
    this.#server = createServer((near) => {
      if (this.#out) return void near.destroy()
      const far = connect(port, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
    })
  }

  /** @param url of what is at the other end */
  static async to(url: string): Promise<Cable> {
    const cable = new Cable(Number(new URL(url).port))
    await new Promise<void>((resolve) => cable.#server.listen(0, '127.0.0.1', resolve))
    return cable
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  pull(): void {
    this.#out = true
    for (const socket of this.#sockets) socket.destroy()
  }

  plugIn(): void {
    this.#out = false
  }

  async close(): Promise<void> {
    this.pull()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
