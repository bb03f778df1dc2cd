/** Kinds of work, most urgent first: edits on their way, what the client on screen waits for, everything else. */
export const LANES = ['push', 'screen', 'background'] as const
export type Lane = (typeof LANES)[number]

export interface ScheduleOptions {
  /** Turns that run at the same time. */
  places: number
  /** Places that the background lane leaves to the others. */
  kept: number
  /** Turns of one tenant that run at the same time in one lane. */
  perTenant: number
  /** Milliseconds of turns that each tenant gets in a round. */
  quantum: number
  /** Milliseconds after which a turn that goes on no longer counts as a place. */
  longest: number
  /** Monotonic milliseconds; for tests. */
  now?: () => number
}

/** One piece of work that asked for its turn. */
export interface Turn {
  /** It is done, or is wanted no more. */
  end(): void
}

interface Asked {
  tenantId: string
  lane: Lane
  begin: () => void
  overdue: () => void
  state: 'waiting' | 'running' | 'overdue' | 'ended'
  began: number
  timer: NodeJS.Timeout | null
}

interface Account {
  /** Milliseconds of turns that the tenant may have before the next round; below zero it owes them. */
  balance: number
  /** The round that the balance is of. */
  round: number
}

interface LaneState {
  /** What waits, by tenant; the tenant whose last turn is longest ago comes first. */
  readonly waiting: Map<string, Asked[]>
  readonly running: Map<string, number>
  readonly accounts: Map<string, Account>
  round: number
  /** Places in use. */
  used: number
  /** Times in a row that a more urgent lane went first although this one could have gone. */
  passed: number
}

/** A lane that was passed over so often goes next. */
const PATIENCE = 6
/** Milliseconds after a person's question before background work begins: longer than a held key takes to come again. */
const AFTER_QUESTION = 60
/** Milliseconds that background work waits for that at most, however much is asked. */
const LONGEST_HOLD = 4000

/**
 * Whose turn it is: deficit round-robin over tenants, in lanes.
 *
 * A turn's cost is the time that it held its place, charged when it ends: time on a place is what the others wait for,
 * whatever it was spent on, and it is measured here and not told by the one who pays. Nobody gets a turn on debt while
 * somebody without debt waits, so a tenant that asks forty times as often as the others gets no more than they do. Each
 * lane has accounts of its own: a client that loads does not pay for it with its edits.
 *
 * What holds: a tenant never runs more than its cap in a lane; a place is never free while work that may have it waits;
 * the more urgent lane goes first, and yet every lane goes on; a turn that hangs gives its place back after a while.
 */
export class Schedule {
  readonly #options: ScheduleOptions
  readonly #now: () => number
  readonly #lanes = new Map<Lane, LaneState>(LANES.map((lane) => [lane, newLane()]))
  #used = 0
  #paused = false
  /** When a person's last question came, and since when background work waits for a pause after one. */
  #questionAt = -Infinity
  #heldSince: number | null = null
  #looksAgain = false

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * Asks for a turn.
   * @param begin is called when it has come, perhaps at once
   * @param overdue is called where it goes on for so long that its place is given to others
   */
  want(tenantId: string, lane: Lane, begin: () => void, overdue: () => void = () => undefined): Turn {
    const asked: Asked = { tenantId, lane, begin, overdue, state: 'waiting', began: 0, timer: null }
    const { waiting } = this.#lane(lane)
    const own = waiting.get(tenantId)
    if (own) own.push(asked)
    else waiting.set(tenantId, [asked])
    this.#next()
    return { end: () => this.#end(asked) }
  }

  /** What a tenant waits for in one lane waits in another from now on. */
  move(tenantId: string, from: Lane, to: Lane): void {
    const asked = this.#lane(from).waiting.get(tenantId)
    if (!asked) return
    this.#lane(from).waiting.delete(tenantId)
    const { waiting } = this.#lane(to)
    for (const one of asked) one.lane = to
    waiting.set(tenantId, [...(waiting.get(tenantId) ?? []), ...asked])
    this.#next()
  }

  /**
   * A person waits for an answer. What is in the background begins a little later, so that it does not take the
   * processors from the answer, nor from the next one of somebody who goes on; it is never held for long.
   */
  asked(): void {
    this.#questionAt = this.#now()
  }

  /** While paused nothing begins; what was asked for is kept. */
  pause(paused: boolean): void {
    this.#paused = paused
    this.#next()
  }

  #next(): void {
    while (!this.#paused && this.#used < this.#options.places) {
      const lane = this.#nextLane()
      if (!lane) return
      this.#begin(lane)
    }
  }

  /** The most urgent lane in which something can go, unless a less urgent one was passed over too often. */
  #nextLane(): LaneState | null {
    const able = LANES.filter((lane) => this.#able(lane)).map((lane) => this.#lane(lane))
    const next = able.findLast(({ passed }) => passed >= PATIENCE) ?? able[0]
    if (!next) return null
    next.passed = 0
    for (const lane of able.slice(able.indexOf(next) + 1)) lane.passed += 1
    return next
  }

  #able(name: Lane): boolean {
    const { places, kept } = this.#options
    const lane = this.#lane(name)
    if (name === 'background' && lane.used >= places - kept) return false
    const waits = [...lane.waiting.keys()].some((tenantId) => this.#belowCap(lane, tenantId))
    return waits && !(name === 'background' && this.#isHeld())
  }

  /** Whether background work waits for a person's questions; it is looked at again when it no longer does. */
  #isHeld(): boolean {
    const now = this.#now()
    const left = Math.min(this.#questionAt + AFTER_QUESTION, (this.#heldSince ?? now) + LONGEST_HOLD) - now
    if (left <= 0) return false
    this.#heldSince ??= now
    if (this.#looksAgain) return true
    this.#looksAgain = true
    setTimeout(() => {
      this.#looksAgain = false
      this.#next()
    }, left).unref()
    return true
  }

  #belowCap(lane: LaneState, tenantId: string): boolean {
    return (lane.running.get(tenantId) ?? 0) < this.#options.perTenant
  }

  #begin(lane: LaneState): void {
    if (lane === this.#lane('background')) this.#heldSince = null
    const tenantId = this.#nextTenant(lane)
    const queue = lane.waiting.get(tenantId) ?? []
    const asked = queue.shift()
    // To the end of the round, or out of it.
    lane.waiting.delete(tenantId)
    if (queue.length > 0) lane.waiting.set(tenantId, queue)
    if (!asked) return
    lane.running.set(tenantId, (lane.running.get(tenantId) ?? 0) + 1)
    lane.used += 1
    this.#used += 1
    asked.state = 'running'
    asked.began = this.#now()
    const { longest } = this.#options
    if (Number.isFinite(longest)) asked.timer = setTimeout(() => this.#giveBack(asked), longest).unref()
    asked.begin()
  }

  /** The first that owes nothing; where all do, rounds go by until one does not. */
  #nextTenant(lane: LaneState): string {
    const able = [...lane.waiting.keys()].filter((tenantId) => this.#belowCap(lane, tenantId))
    let [next = '', least = Infinity] = [able[0], Infinity]
    for (const tenantId of able) {
      const { balance } = this.#account(lane, tenantId)
      if (balance > 0) return tenantId
      const rounds = Math.floor(-balance / this.#options.quantum) + 1
      if (rounds < least) [next, least] = [tenantId, rounds]
    }
    lane.round += least
    return next
  }

  /** A tenant's account, with what the rounds since it was last looked at brought. Credit does not pile up, debt stays. */
  #account(lane: LaneState, tenantId: string): Account {
    const { quantum } = this.#options
    const { balance, round } = lane.accounts.get(tenantId) ?? { balance: quantum, round: lane.round }
    const account = { balance: Math.min(quantum, balance + (lane.round - round) * quantum), round: lane.round }
    lane.accounts.set(tenantId, account)
    return account
  }

  #giveBack(asked: Asked): void {
    asked.state = 'overdue'
    this.#free(asked)
    asked.overdue()
    this.#next()
  }

  #end(asked: Asked): void {
    const { tenantId, state } = asked
    if (state === 'ended') return
    asked.state = 'ended'
    const lane = this.#lane(asked.lane)
    if (state === 'waiting') {
      const left = lane.waiting.get(tenantId)?.filter((one) => one !== asked) ?? []
      if (left.length > 0) lane.waiting.set(tenantId, left)
      else lane.waiting.delete(tenantId)
      return
    }
    if (asked.timer) clearTimeout(asked.timer)
    if (state === 'running') this.#free(asked)
    // More than that it has not cost the others.
    const cost = Math.min(this.#now() - asked.began, this.#options.longest)
    this.#account(lane, tenantId).balance -= cost
    const running = (lane.running.get(tenantId) ?? 1) - 1
    if (running > 0) lane.running.set(tenantId, running)
    else lane.running.delete(tenantId)
    this.#next()
  }

  #free(asked: Asked): void {
    this.#lane(asked.lane).used -= 1
    this.#used -= 1
  }

  #lane(name: Lane): LaneState {
    const lane = this.#lanes.get(name)
    if (!lane) throw new Error('no such lane')
    return lane
  }
}

function newLane(): LaneState {
  return { waiting: new Map(), running: new Map(), accounts: new Map(), round: 0, used: 0, passed: 0 }
}
