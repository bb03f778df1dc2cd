import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type Electron from 'electron'
import { ModelledEvents, strict } from './strict.ts'
import { needReady, onReset, world } from './world.ts'

/** `safeStorage`, as https://www.electronjs.org/docs/latest/api/safe-storage says that it behaves; the store and its key are the world's. */
export const fakeSafeStorage = strict('safeStorage', {
  /** "Returns unknown when the function is called before app has emitted the ready event." */
  getSelectedStorageBackend: () => (world.ready ? world.storageBackend : 'unknown'),
  async isAsyncEncryptionAvailable() {
    needReady('safeStorage')
    return world.storageAvailable
  },
  async encryptStringAsync(plainText) {
    needKey()
    if (typeof plainText !== 'string') throw new TypeError('Error processing argument at index 0, conversion failure')
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', world.storageKey, iv)
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
      const decipher = createDecipheriv('aes-256-gcm', world.storageKey, encrypted.subarray(3, 15))
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

/** `powerMonitor`: what the system tells of the person and the machine. */
export const fakePowerMonitor = strict(
  'powerMonitor',
  new ModelledEvents(['lock-screen', 'resume', 'suspend', 'unlock-screen']),
)
onReset(() => fakePowerMonitor.removeAllListeners())

/** `systemPreferences`: the fingerprint of macOS, see `world.touchId`. */
export const fakeSystemPreferences = strict('systemPreferences', {
  canPromptTouchID: () => world.touchId !== null,
  async promptTouchID() {
    if (world.touchId !== true) throw new Error('Authentication failed.')
  },
} satisfies Pick<Electron.SystemPreferences, 'canPromptTouchID' | 'promptTouchID'>)

export const fakeShell = strict('shell', {
  async openExternal(url) {
    world.openedExternally.push(url)
    world.outside.tell(`opened outside: ${url}`)
  },
} satisfies Pick<Electron.Shell, 'openExternal'>)

export const fakeDialog = strict('dialog', {
  /** "This API can be called safely before the ready event the app module emits". */
  showErrorBox(title, content) {
    world.errorBoxes.push({ title, content })
    world.outside.tell(`${title}: ${content}`)
  },
} satisfies Pick<Electron.Dialog, 'showErrorBox'>)

export const fakeScreen = strict('screen', {
  /** "You cannot require or use this module until the ready event of the app module is emitted." */
  getAllDisplays() {
    needReady('The screen module')
    return world.displays.map((workArea) =>
      strict('Display', { workArea } satisfies Pick<Electron.Display, 'workArea'>),
    )
  },
} satisfies Record<keyof Pick<Electron.Screen, 'getAllDisplays'>, unknown>)

export const FakeMenu = strict('Menu', {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  /** "This API has to be called after the ready event of app module." */
  setApplicationMenu(menu: Electron.MenuItemConstructorOptions[] | null) {
    needReady('Menu.setApplicationMenu')
    world.menu = menu
  },
} satisfies Record<keyof Pick<typeof Electron.Menu, 'buildFromTemplate' | 'setApplicationMenu'>, unknown>)

/** `nativeImage`, as https://www.electronjs.org/docs/latest/api/native-image says: an image that cannot be read is empty. */
class FakeImage {
  readonly bytes: Buffer
  readonly scaleFactor: number
  template = false

  constructor(bytes: Buffer, scaleFactor: number) {
    this.bytes = bytes
    this.scaleFactor = scaleFactor
  }

  isEmpty(): boolean {
    return this.bytes.subarray(1, 4).toString('latin1') !== 'PNG'
  }

  setTemplateImage(option: boolean): void {
    this.template = option
  }
}

export const fakeNativeImage = strict('nativeImage', {
  createFromBuffer: (buffer: Buffer, { scaleFactor = 1 }: { scaleFactor?: number } = {}) =>
    strict('NativeImage', new FakeImage(buffer, scaleFactor)),
} satisfies Record<keyof Pick<typeof Electron.nativeImage, 'createFromBuffer'>, unknown>)

/** `Tray`, as https://www.electronjs.org/docs/latest/api/tray says: only once the app is ready; an empty image shows nothing. */
export class FakeTray extends ModelledEvents {
  readonly shown: (typeof world.trays)[number]

  constructor(icon: FakeImage) {
    super(['click'])
    needReady('Tray')
    if (icon.isEmpty()) throw new Error('Failed to load image')
    this.shown = { icon, toolTip: '', menu: null }
    world.trays.push(this.shown)
    return strict('Tray', this)
  }

  setToolTip(text: string): void {
    this.shown.toolTip = text
  }

  setContextMenu(menu: unknown): void {
    this.shown.menu = menu
  }
}
