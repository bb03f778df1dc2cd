import { randomUUID } from 'node:crypto'
import type Electron from 'electron'
import { strict } from './strict.ts'

export type FakeFrame = Pick<
  Electron.WebFrameMain,
  'origin' | 'url' | 'parent' | 'frameTreeNodeId' | 'frameToken' | 'detached'
>

let nodes = 0

/** A frame that shows an address. @param parent null for a main frame */
export function makeFrame(url: string, parent: FakeFrame | null, frameTreeNodeId = ++nodes): FakeFrame {
  const { protocol, host } = new URL(url)
  const origin = protocol === 'about:' || protocol === 'data:' ? 'null' : `${protocol}//${host}`
  return strict('WebFrameMain', {
    url,
    origin,
    parent: parent as Electron.WebFrameMain | null,
    frameTreeNodeId,
    frameToken: randomUUID(),
    detached: false,
  })
}
