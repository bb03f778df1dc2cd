import { describe, expect, test } from 'vitest'
import { differenceWords } from '../../src-renderer/features/settings/history-words.ts'
import { readSettingsFile, settingsFile } from '../../src-main/settings-files/file.ts'
import { builtIn } from '../../src-cloud/templates/templates.ts'

// A file of settings: what comes out goes in again, and what is no such file is told by its line.

test('what is written is read as it was; what is inherited is there as a comment that takes its # off', () => {
  const own = { atRiskMinutes: 5, types: [{ key: 'a', label: 'A: “b” # c' }], keepDays: null }
  const text = settingsFile(own, builtIn())
  expect(readSettingsFile(text)).toEqual(own)
  const inherited = text.slice(text.indexOf('# Inherited'))
  expect(inherited).not.toContain('atRiskMinutes')
  const uncommented = inherited
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^#/, ''))
  const { atRiskMinutes: _, types: __, keepDays: ___, ...rest } = builtIn()
  expect(readSettingsFile(['settingsFile: 1', 'settings:', ...uncommented].join('\n'))).toEqual(rest)
})

describe('rubbish is told by its line, and never read in part', () => {
  const head = 'settingsFile: 1\nsettings:\n'
  const laughs = [
    'a: &a [1]',
    ...[...'bcdefgh'].map((name, i) => `${name}: &${name} [*${'abcdefgh'[i]}, *${'abcdefgh'[i]}, *${'abcdefgh'[i]}]`),
  ]
  test.each([
    ['nothing', '', 'Line 1 of the file: This is no file of settings'],
    ['another file', 'openapi: 3.1.0\n', 'Line 1 of the file: This is no file of settings'],
    ['a list', '- a\n- b\n', 'Line 1'],
    ['a newer form', 'settingsFile: 2\nsettings: {}\n', 'Line 1'],
    ['no YAML', `${head}  types: [\n`, 'Line '],
    ['bytes', '\u0000\u0001PNG\u001a', 'Line 1'],
    ['a key that comes twice', `${head}  atRiskMinutes: 1\n  atRiskMinutes: 2\n`, 'Line 4'],
    ['a setting that does not exist', `${head}  atRiskMinutes: 1\n  sounds: loud\n`, 'Line 4 of the file: sounds'],
    ['a value of another kind', `${head}  atRiskMinutes: soon\n`, 'Line 3 of the file: atRiskMinutes'],
    [
      'a wrong entry deep in a list',
      `${head}  types:\n    - key: a\n      label: A\n    - key: b\n      label: ""\n`,
      'Line 7 of the file: types.1.label',
    ],
    ['a file that grows as it is read', `${laughs.join('\n')}\n`, 'Line 1'],
  ])('%s', (_name, text, sentence) => {
    expect(() => readSettingsFile(text)).toThrow(sentence)
  })
})

test.each([
  [undefined, 5, ['Own value: 5']],
  [5, undefined, ['Inherited again']],
  [true, false, ['yes → no']],
  [null, { country: 'DE', state: 'be' }, ['none → DE be']],
  [[{ key: 'a', label: 'A' }], [{ key: 'a', label: 'B' }], ['“A” is now called “B”']],
  [[{ key: 'a', label: 'A' }], [{ key: 'a', label: 'A', retired: true }], ['Retired “A”']],
  [[{ key: 'a', label: 'A', retired: true }], [{ key: 'a', label: 'A' }], ['Brought “A” back']],
  [
    [
      { key: 'a', label: 'A' },
      { key: 'b', label: 'B' },
    ],
    [
      { key: 'b', label: 'B' },
      { key: 'c', label: 'C' },
    ],
    ['Added “C”', 'Removed “A”'],
  ],
  [
    [
      { key: 'a', label: 'A' },
      { key: 'b', label: 'B' },
    ],
    [
      { key: 'b', label: 'B' },
      { key: 'a', label: 'A' },
    ],
    ['Another order'],
  ],
  [['exe'], [], ['exe → none']],
  [[{ calendar: 'x' }], [{ calendar: 'x' }, { calendar: 'y' }], ['1 entry → 2 entries']],
])('the history says what became of %j: %j', (before, after, words) => {
  expect(differenceWords(before, after)).toEqual(words)
})
