import { ProblemError } from '../../src-shared/problem.ts'

/** Acts on the keys of a profile: one after the other, and none of them on a profile that was left meanwhile. */
export class KeyTurns {
  #last: Promise<unknown> = Promise.resolve()
  /** How many times the profile was left. */
  #left = 0

  /**
   * Does an act once those before it have ended.
   * @throws ProblemError `locked` where the profile was left while the act waited: it was meant for another state
   */
  async take<Result>(act: () => Promise<Result>): Promise<Result> {
    const asked = this.#left
    const mine = this.#last.then(() => {
      if (this.#left !== asked) throw new ProblemError('locked')
      return act()
    })
    this.#last = mine.catch(() => undefined)
    return mine
  }

  /** Closes the profile between two acts: the one under way ends first, those that wait are refused. */
  async leave(close: () => Promise<void> | undefined): Promise<void> {
    this.#left++
    await this.take(async () => close())
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#last
  }
}
