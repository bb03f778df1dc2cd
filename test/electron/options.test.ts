import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { launchOptions } from '../../src-main/electron/options.ts'

test('flags are read from among those of Chromium', () => {
  const args = [
    'out/main/electron.js',
    '--no-sandbox',
    '--profile=/tmp/p',
    '--sandbox',
    '--cloud=https://c.example',
    '--lang=de',
  ]
  expect(launchOptions(args, {})).toEqual({
    profile: '/tmp/p',
    sandbox: true,
    cloudUrl: 'https://c.example',
    passphrase: null,
  })
})

test('the environment gives what the command line does not', () => {
  const env = {
    BULKHEAD_PROFILE: 'here',
    BULKHEAD_SANDBOX: '1',
    BULKHEAD_CLOUD: 'https://env.example',
    BULKHEAD_PASSPHRASE: 'open sesame',
  }
  expect(launchOptions(['--cloud=https://flag.example'], env)).toEqual({
    profile: resolve('here'),
    sandbox: true,
    cloudUrl: 'https://flag.example',
    passphrase: 'open sesame',
  })
})

test('without flags nothing is chosen', () => {
  expect(launchOptions(['.'], { BULKHEAD_SANDBOX: '0' })).toEqual({
    profile: null,
    sandbox: false,
    cloudUrl: null,
    passphrase: null,
  })
})
