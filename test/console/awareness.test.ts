import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Awareness } from '../../src-main/console/awareness.ts'

let [wall, monotonic, addresses] = [0, 0, ['eth0 10.0.0.2']]
let awareness: Awareness
const moved = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  ;[wall, monotonic, addresses] = [1_000_000, 0, ['eth0 10.0.0.2']]
  moved.mockReset()
  awareness = new Awareness({ wall: () => wall, monotonic: () => monotonic, addresses: () => [...addresses] })
  awareness.on('moved', moved)
})
afterEach(() => {
  awareness.stop()
  vi.useRealTimers()
})

/** A look, so many milliseconds after the last one by each clock. */
function look(byWall = 5000, byMonotonic = 5000): void {
  wall += byWall
  monotonic += byMonotonic
  vi.advanceTimersByTime(5000)
}

test.each([
  ['nothing happens', 5000, 5000, 0],
  ['a look comes late on a busy machine', 12_000, 12_000, 0],
  ['the machine slept and the monotonic clock with it', 3_600_000, 5000, 1],
  ['the machine slept and both clocks went on', 3_600_000, 3_600_000, 1],
  ['the process was stopped while somebody set the clock back', -3_600_000, 60_000, 1],
  ['the wall clock is set back', -3_600_000, 5000, 0],
])('%s', (_, byWall, byMonotonic, times) => {
  look()
  look(byWall, byMonotonic)
  look()
  expect(moved).toHaveBeenCalledTimes(times)
})

test('another network is noticed once, and the same one in another order is not another', () => {
  addresses = ['wlan0 192.168.1.7', 'eth0 10.0.0.2']
  look()
  addresses = ['eth0 10.0.0.2', 'wlan0 192.168.1.7']
  look()
  look()
  expect(moved).toHaveBeenCalledTimes(1)
})
