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
    launch: null,
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
    launch: null,
  })
})

test('without flags nothing is chosen', () => {
  expect(launchOptions(['.'], { BULKHEAD_SANDBOX: '0' })).toEqual({
    profile: null,
    sandbox: false,
    cloudUrl: null,
    passphrase: null,
    launch: null,
  })
})

test('a link fills harmless fields of a new client, and whatever else is no link', () => {
  const link =
    'bulkhead://onboard?name=Harbour%20Legal&country=DE&domain=harbour.example&domain=nonsense&industry=Legal+services'
  const launch = { name: 'Harbour Legal', country: 'DE', domains: ['harbour.example'], industry: 'Legal services' }
  expect(launchOptions(['.', '--no-sandbox', link, '--lang=de'], {}).launch).toEqual(launch)
  expect(launchOptions(['--onboard'], {}).launch).toEqual({})
  const spoilt =
    'bulkhead://onboard/?name=%E2%80%AEevil&country=Germany&language=<b>&step=live&answer=%7B%7D&industry=%E0%A4%A'
  expect(launchOptions([spoilt], {}).launch).toEqual({})
  for (const other of [
    ...['bulkhead://app/', 'bulkhead://onboard.evil?name=x', 'bulkhead://onboard:80?name=x', 'bulkhead://user@onboard'],
    ...['https://onboard?name=x', 'bulkhead://onboard/live?name=x', `bulkhead://onboard?name=${'x'.repeat(2000)}`],
    ...['--profile=bulkhead://onboard', ' bulkhead://onboard'],
  ])
    expect([other, launchOptions([other], {}).launch]).toEqual([other, null])
})
