import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type Electron from 'electron'
import { strict } from './strict.ts'
import { needReady, onReset, world } from './world.ts'

let key = randomBytes(32)
onReset(() => (key = randomBytes(32)))

export const fakeSafeStorage = strict('safeStorage', {
  getSelectedStorageBackend: () => (world.ready ? world.storageBackend : 'unknown'),
  async isAsyncEncryptionAvailable() {
    needReady('safeStorage')
    return world.storageAvailable
  },
  async encryptStringAsync(plainText) {
    needKey()
    if (typeof plainText !== 'string') throw new TypeError('Error processing argument at index 0, conversion failure')
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const text = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.from('v11'), iv, cipher.getAuthTag(), text])
  },
  async decryptStringAsync(encrypted) {
    needKey()
    if (!Buffer.isBuffer(encrypted))
      throw new TypeError('Expected the first argument of decryptString() to be a buffer')
    const fail = () => new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.')
    if (encrypted.subarray(0, 3).toString('latin1') !== 'v11') throw fail()
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(3, 15))
      decipher.setAuthTag(encrypted.subarray(15, 31))
      const result = Buffer.concat([decipher.update(encrypted.subarray(31)), decipher.final()]).toString('utf8')
      return { shouldReEncrypt: false, result }
    } catch {
      throw fail()
    }
  },
} satisfies Pick<
  Electron.SafeStorage,
  'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'
>)

function needKey(): void {
  needReady('safeStorage')
  if (!world.storageAvailable) throw new Error('Encryption is not available.')
}

export const fakeShell = strict('shell', {
  async openExternal(url) {
    world.openedExternally.push(url)
  },
} satisfies Pick<Electron.Shell, 'openExternal'>)

export const fakeDialog = strict('dialog', {
  showErrorBox(title, content) {
    world.errorBoxes.push({ title, content })
  },
} satisfies Pick<Electron.Dialog, 'showErrorBox'>)

export const fakeScreen = strict('screen', {
  getAllDisplays() {
    needReady('The screen module')
    return world.displays.map((workArea) => strict('Display', { workArea }))
  },
})

export const FakeMenu = strict('Menu', {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu(menu: Electron.MenuItemConstructorOptions[] | null) {
    world.menu = menu
  },
})
