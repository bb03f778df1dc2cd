import { EventEmitter } from 'node:events'
import { networkInterfaces } from 'node:os'

/** Milliseconds between two looks. */
const INTERVAL = 5_000
/** A look that comes so much later than it should was slept through. */
const SLEPT = 10_000

export interface Surroundings {
  /** Wall clock, ms since 1970: it goes on while the machine sleeps. */
  wall(): number
  /** Monotonic ms: on some systems they stand still meanwhile, on others they do not. */
  monotonic(): number
  /** The machine's own addresses. */
  addresses(): string[]
}

/**
 * Notices that the machine slept or that its network is another, on every system and host in the same way. Emits
 * `moved`: connections of before are worth nothing. A wall clock that somebody sets ahead looks like sleep, and costs a
 * new connection.
 */
export class Awareness extends EventEmitter<{ moved: [] }> {
  readonly #surroundings: Surroundings
  readonly #timer: NodeJS.Timeout
  #wall: number
  #monotonic: number
  #addresses: string

  /** @param interval milliseconds between two looks; for tests */
  constructor(surroundings: Surroundings = machine, interval = INTERVAL) {
    super()
    this.#surroundings = surroundings
    this.#wall = surroundings.wall()
    this.#monotonic = surroundings.monotonic()
    this.#addresses = this.#read()
    this.#timer = setInterval(() => this.#look(interval), interval)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(interval: number): void {
    const [wall, monotonic, addresses] = [this.#surroundings.wall(), this.#surroundings.monotonic(), this.#read()]
    const elapsed = Math.max(wall - this.#wall, monotonic - this.#monotonic)
    const moved = elapsed > interval + SLEPT || addresses !== this.#addresses
    this.#wall = wall
    this.#monotonic = monotonic
    this.#addresses = addresses
    if (moved) this.emit('moved')
  }

  #read(): string {
    return this.#surroundings.addresses().sort().join(' ')
  }
}

const machine: Surroundings = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  // Temporary IPv6 addresses come and go by themselves; a new network brings another of IPv4 or of the router's prefix.
  addresses: () =>
    Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
      all
        .filter(({ internal }) => !internal)
        .map(({ family, address }) => `${name} ${family === 'IPv4' ? address : address.split(':', 4).join(':')}`)
        .filter((one, i, every) => every.indexOf(one) === i),
    ),
}
