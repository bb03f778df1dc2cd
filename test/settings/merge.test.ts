import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sameValue } from '../../src-shared/settings/layers.ts'
import { mergeSetting, ORDER, placeName, type Side } from '../../src-shared/settings/merge.ts'
import { cases, seedOf } from '../faults/cases.ts'

// Two people change one setting. What does not overlap comes together; for the rest somebody chooses.

const run = { seed: seedOf('settings merge'), numRuns: cases(200, 5000) }

interface Row {
  key: string
  label: string
  rank: number
}
const row = (key: string, label = key.toUpperCase(), rank = 1): Row => ({ key, label, rank })
const BASE = [row('a'), row('b'), row('c')]
const keys = (value: unknown): string[] => (value as Row[]).map(({ key }) => key)

describe('what does not overlap comes together', () => {
  test.each<[string, Row[], Row[], Row[]]>([
    [
      'fields of one entry',
      [row('a', 'Mine'), ...BASE.slice(1)],
      [row('a', 'A', 9), ...BASE.slice(1)],
      [row('a', 'Mine', 9), ...BASE.slice(1)],
    ],
    ['entries that each added', [row('x'), ...BASE], [...BASE, row('y')], [row('x'), ...BASE, row('y')]],
    [
      'one removed, the other renamed',
      BASE.slice(1),
      [row('a'), row('b', 'Theirs'), row('c')],
      [row('b', 'Theirs'), row('c')],
    ],
    [
      'one moved, the other added',
      [row('c'), row('a'), row('b')],
      [row('a'), row('n'), row('b'), row('c')],
      [row('c'), row('a'), row('n'), row('b')],
    ],
  ])('%s', (_name, mine, theirs, both) => {
    expect(mergeSetting(BASE, theirs, mine)).toEqual({ value: both, overlaps: [] })
  })

  test('days by their date, words by themselves', () => {
    const day = (date: string, name = 'Off') => ({ date, name })
    const days = [day('2026-12-24'), day('2026-12-31')]
    expect(mergeSetting(days, days.slice(1), [...days, day('2027-01-02')]).value).toEqual([days[1], day('2027-01-02')])
    expect(mergeSetting(['exe', 'js'], ['js'], ['exe', 'js', 'lnk'])).toEqual({ value: ['js', 'lnk'], overlaps: [] })
  })
})

describe('what overlaps', () => {
  const at = (place: string[], side: Side) => ({ [placeName(place)]: side })
  test.each<[string, unknown, unknown, unknown, string[]]>([
    ['the same field', [row('a', 'Base')], [row('a', 'Theirs')], [row('a', 'Mine')], ['a', 'label']],
    ['one removed what the other changed', BASE, [row('a', 'Theirs'), ...BASE.slice(1)], BASE.slice(1), ['a']],
    ['one key for two new entries', BASE, [...BASE, row('n', 'Theirs')], [...BASE, row('n', 'Mine')], ['n']],
    ['two other orders', BASE, [row('b'), row('a'), row('c')], [row('c'), row('b'), row('a')], [ORDER]],
    ['a list without keys', [{ days: 1 }], [{ days: 2 }], [{ days: 3 }], []],
    ['a number', 1, 2, 3, []],
    [
      'what an action is and what it acts on',
      { do: 'note', text: 'x' },
      { do: 'note', text: 'y' },
      { do: 'assign', onCall: 'n' },
      [],
    ],
  ])('%s waits for a person, with mine on view; either side can be chosen', (_name, base, theirs, mine, place) => {
    const { overlaps, value } = mergeSetting(base, theirs, mine)
    expect(overlaps).toMatchObject([{ place, side: null }])
    expect(value).toEqual(mergeSetting(base, theirs, mine, at(place, 'mine')).value)
    expect(sameValue(mergeSetting(base, theirs, mine, at(place, 'theirs')).value, theirs)).toBe(true)
  })
})

describe('whatever two people do', () => {
  const rows = fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      label: fc.constantFrom('x', 'y'),
      rank: fc.constantFrom(1, 2),
    }),
    { selector: ({ key }) => key, maxLength: 5 },
  )
  const three = fc.tuple(rows, rows, rows)
  test('nobody’s change is lost where the other made none, no key comes twice, and the same change is no overlap', () => {
    fc.assert(
      fc.property(three, ([base, theirs, mine]) => {
        expect(mergeSetting(base, base, mine).value).toEqual(mine)
        expect(mergeSetting(base, theirs, base).value).toEqual(theirs)
        expect(mergeSetting(base, mine, mine)).toEqual({ value: mine, overlaps: [] })
        const { value, overlaps } = mergeSetting(base, theirs, mine)
        expect(new Set(keys(value)).size).toBe(keys(value).length)
        const changed = (list: Row[]) => list.filter((one) => !base.some((before) => sameValue(before, one)))
        const places = new Set(overlaps.map(({ place }) => place[0]))
        for (const one of [...changed(theirs), ...changed(mine)])
          if (!places.has(one.key)) expect(keys(value)).toContain(one.key)
      }),
      run,
    )
  })
  test('it is one outcome whoever comes first, as long as nothing overlaps and nobody moves anything', () => {
    fc.assert(
      fc.property(three, ([base, theirs, mine]) => {
        const sort = (value: unknown) => (value as Row[]).toSorted((a, b) => a.key.localeCompare(b.key))
        const [one, other] = [mergeSetting(base, theirs, mine), mergeSetting(base, mine, theirs)]
        expect(one.overlaps.map(({ place }) => place).sort()).toEqual(other.overlaps.map(({ place }) => place).sort())
        if (one.overlaps.length === 0) expect(sort(one.value)).toEqual(sort(other.value))
      }),
      run,
    )
  })
})
