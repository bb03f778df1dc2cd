/** Parts on their way in at once: over all tenants, which bounds the memory that they take, and of one tenant. */
const IN_ALL = 64
const OF_ONE = 8

/** Counts parts that are being received, since each is in memory as a whole. */
export class Slots {
  readonly #taken = new Map<string, number>()
  #all = 0

  /** @returns whether the tenant may send another part now; then `give` follows */
  take(tenant: string): boolean {
    const taken = this.#taken.get(tenant) ?? 0
    if (this.#all >= IN_ALL || taken >= OF_ONE) return false
    this.#all++
    this.#taken.set(tenant, taken + 1)
    return true
  }

  give(tenant: string): void {
    const taken = this.#taken.get(tenant) ?? 0
    this.#all--
    if (taken > 1) this.#taken.set(tenant, taken - 1)
    else this.#taken.delete(tenant)
  }
}
