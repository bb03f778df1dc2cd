import { describe, expect, test } from 'vitest'
import { resolveLayers, type Resolved } from '../../src-shared/settings/layers.ts'
import type { LayerValues, SettingKey, Settings } from '../../src-shared/settings/settings.ts'
import { builtIn } from '../../src-cloud/templates/templates.ts'
import {
  halfTyped,
  keptText,
  readKept,
  rebased,
  settingsWith,
  UNCHANGED,
  withChoice,
  withInherited,
  withValues,
} from '../../src-renderer/features/settings/edits.ts'
import { problemsOf } from '../../src-shared/settings/problems.ts'
import { escalationSentence, macroSentence, noiseSentence } from '../../src-renderer/features/settings/rule-words.ts'

// What is typed over settings, and what becomes of it when they move on.

const { statuses } = builtIn()
const seen = (own: LayerValues): Resolved =>
  resolveLayers([
    { origin: 'built-in', values: builtIn() },
    { origin: 'client', values: own },
  ])
const renamed = (index: number, label: string) => statuses.map((one, i) => (i === index ? { ...one, label } : one))
const macroOf = (label: string, status: string) => ({ key: label, label, kind: 'reply' as const, set: { status } })
const before = seen({})

describe('settings that move on under what is typed', () => {
  const mine = withValues(UNCHANGED, before, { statuses: renamed(0, 'Mine') })

  test('what does not overlap is in both, and saving changes nothing of theirs', () => {
    const theirs = seen({ statuses: renamed(1, 'Theirs') })
    const { edits, overlaps, merged } = rebased(mine, theirs)
    expect([overlaps, merged]).toEqual([{}, ['statuses']])
    expect(edits.set.statuses?.map(({ label }) => label).slice(0, 2)).toEqual(['Mine', 'Theirs'])
    expect(rebased(edits, theirs)).toEqual({ edits, overlaps: {}, merged: [] })
  })

  test('what overlaps is chosen, whatever is typed in between; theirs chosen leaves nothing to save', () => {
    const theirs = seen({ statuses: renamed(0, 'Theirs') })
    const found = rebased(mine, theirs)
    expect(found.overlaps.statuses).toMatchObject([{ base: statuses[0]!.label, theirs: 'Theirs', mine: 'Mine' }])
    const typed = withValues(found.edits, theirs, { statuses: renamed(0, 'Mine too') })
    expect(rebased(typed, theirs).overlaps.statuses).toMatchObject([{ theirs: 'Theirs', mine: 'Mine too' }])
    const [overlap] = found.overlaps.statuses!
    expect(rebased(withChoice(found.edits, 'statuses', overlap!, 'theirs'), theirs).edits).toEqual(UNCHANGED)
    const { edits, overlaps } = rebased(withChoice(found.edits, 'statuses', overlap!, 'mine'), theirs)
    expect([overlaps, edits.set.statuses?.[0]?.label]).toEqual([{}, 'Mine'])
  })

  test('what I inherit again is not inherited over somebody’s new value without a question', () => {
    const own = seen({ atRiskMinutes: 5 })
    const back = withInherited(UNCHANGED, own, ['atRiskMinutes', 'types'])
    expect(back.revert).toEqual(['atRiskMinutes'])
    const later = seen({ atRiskMinutes: 7 })
    const { overlaps } = rebased(back, later)
    expect(overlaps.atRiskMinutes).toMatchObject([{ base: 5, theirs: 7, mine: 60 }])
    expect(rebased(withChoice(back, 'atRiskMinutes', overlaps.atRiskMinutes![0]!, 'mine'), later).edits.revert).toEqual(
      ['atRiskMinutes'],
    )
    expect(rebased(back, seen({})).edits).toEqual(UNCHANGED)
  })

  test('a value of nothing is a value to begin with', () => {
    const none = seen({ keepDays: null, noise: null })
    const typed = withValues(UNCHANGED, none, { keepDays: 30 })
    expect(rebased(typed, seen({ keepDays: 60, noise: null })).overlaps.keepDays).toMatchObject([
      { base: null, theirs: 60 },
    ])
  })
})

describe('what is kept', () => {
  test('comes back as it was typed, half a time with it; what cannot be read is nothing', () => {
    const edits = {
      ...withValues(UNCHANGED, before, { statuses: [...statuses, { ...statuses[0]!, key: 'new-1', label: '' }] }),
      typed: { 'calendars:office:monday': '9-', 'calendars:gone:monday': '8-' },
    }
    const back = readKept(keptText(edits), before)
    expect(back).toEqual(edits)
    expect(halfTyped(back, settingsWith(before, back))).toEqual([{ setting: 'calendars', text: '9-' }])
    for (const rubbish of [
      '',
      'null',
      '{',
      '[]',
      '{"form":1,"set":{"statuses":"x","sounds":1}}',
      '{"form":2,"set":{}}',
    ])
      expect(readKept(rubbish, before)).toEqual(UNCHANGED)
    expect(keptText(UNCHANGED)).toBe('')
  })

  test('half a time of a target goes where targets change their places', () => {
    const half = { ...UNCHANGED, typed: { 'targets:1:resolution': '4 x', 'ownDays::': 'x' } }
    const { targets } = before
    const moved = withValues(half, before, { targets: [...targets.value].reverse() })
    expect(moved.typed).toEqual({ 'ownDays::': 'x' })
  })
})

test('problems are told at their field, what is only missing apart; coherence once all have their form', () => {
  const tell = (values: LayerValues) => {
    const edits = withValues(UNCHANGED, before, values)
    return problemsOf({ settings: settingsWith(before, edits), changed: Object.keys(values) as never })
  }
  expect(tell({ statuses: renamed(1, '') })).toMatchObject([
    { setting: 'statuses', index: 1, field: 'label', text: 'Give it a name.', missing: true },
  ])
  expect(tell({ priorities: builtIn().priorities.map((one) => ({ ...one, rank: 100 })) })[0]).toMatchObject({
    ...{ index: 0, field: 'rank', text: 'The rank is at most 99.', missing: false },
  })
  expect(tell({ targets: [{ calendar: 'night', resolution: 5 }] })).toMatchObject([{ setting: 'targets', index: 0 }])
  expect(tell({ macros: [{ key: 'm', label: 'M', kind: 'reply', set: { status: 'gone' } }] })).toMatchObject([
    { setting: 'macros', index: 0 },
  ])
  expect(tell({ macros: [{ key: 'm', label: 'M', kind: 'reply' }] })[0]?.text).toContain('does nothing')
  // What was so before is told and holds nothing up; the same of another macro does.
  const old = { ...builtIn().statuses[0], key: 'old', label: 'Old', retired: true }
  const saved = { ...builtIn(), statuses: [...builtIn().statuses, old], macros: [macroOf('a', 'old')] } as Settings
  const check = (more: Partial<Settings>) =>
    problemsOf({ settings: { ...saved, ...more }, changed: Object.keys(more) as SettingKey[], saved })
  const told = {
    setting: 'macros',
    index: 0,
    text: 'The macro "a" sets the status "Old", which is retired. Choose another.',
  }
  expect(check({ atRiskMinutes: 5 })).toMatchObject([{ ...told, stands: true }])
  expect(check({ macros: [{ ...macroOf('a', 'old'), label: 'b' }, macroOf('c', 'old')] })).toMatchObject([
    { index: 0, stands: true },
    { index: 1, text: expect.stringContaining('The macro "c" sets') as string },
  ])
  expect(check({ macros: [macroOf('c', 'old')] })[0]?.stands).toBeUndefined()
})

describe('rules in words', () => {
  const named = {
    ...{ statuses, priorities: [{ key: 'p1', label: 'P1', rank: 1, colour: '#000000' }] },
    ...{ types: [{ key: 'inc', label: 'Incident' }], queues: [] },
    onCall: [{ key: 'night', label: 'Night', timeZone: 'UTC', layers: [], overrides: [] }],
    technicians: [{ id: 'a', name: 'Lena' }],
  }
  const when = { on: 'target', target: 'first-response', percent: 75 } as const
  test.each([
    [
      {
        when,
        priorities: ['p1'],
        actions: [
          { do: 'assign', onCall: 'night' },
          { do: 'raise-priority', by: 1 },
        ],
      },
      'When 75% of the time to first response is used up, for P1: assign it to whoever is on call in Night and raise the priority by one rank.',
    ],
    [
      {
        when: { ...when, percent: 100 },
        types: ['inc'],
        actions: [{ do: 'notify', technicians: ['a', 'b'], assignee: true }],
      },
      'When the time to first response is over, for tickets of type Incident: notify Lena, somebody who left and whoever has it.',
    ],
    [{ when: { on: 'vip' }, actions: [] }, 'When a VIP opens it: nothing is done yet.'],
  ] as const)('an escalation: %j', (rule, sentence) => {
    expect(escalationSentence({ key: 'k', label: 'L', ...rule } as never, named)).toBe(sentence)
  })
  test('a rule of noise and a macro', () => {
    expect(
      noiseSentence({ key: 'k', label: 'L', subject: ['out of office', 'away'], from: ['@x.example'] }, named),
    ).toBe('A ticket whose subject has “out of office” or “away” and from @x.example.')
    const set = { status: statuses[0]!.key, assignee: 'me', addTags: ['vip'] } as const
    expect(
      macroSentence({ key: 'k', label: 'L', kind: 'note', text: 'x', set: { ...set, addTags: ['vip'] } }, named),
    ).toBe(
      `Writes an internal note, sets the status to ${statuses[0]!.label}, gives it to whoever uses it and tags it vip.`,
    )
    expect(macroSentence({ key: 'k', label: 'L', kind: 'note', tasks: ['Order it'], watch: ['me'] }, named)).toBe(
      'Adds the task “Order it” and makes whoever uses it watch it.',
    )
  })
})
