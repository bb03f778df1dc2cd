import type { IpcMainEvent, WebContents } from 'electron'
import { MAX_FRAME } from '../../src-shared/channel/frame.ts'
import { FRAME_CHANNEL } from '../../src-shared/channel/names.ts'
import type { Host, WindowChannel } from '../console/host.ts'

/**
 * Connects a window to the host. Each page that the window loads gets a channel of its own, opened by its first frame
 * and closed when another page takes its place, its process goes or the window does.
 * @param origin the only origin whose main frame is heard; a frame that is already gone has none and is not
 */
export function connectWindow(contents: WebContents, host: Pick<Host, 'attach'>, origin: string): void {
  let current: { page: string; channel: WindowChannel } | null = null

  function close(): void {
    const closing = current
    current = null
    closing?.channel.close()
  }

  function open(page: string): WindowChannel {
    close()
    const channel = host.attach((frame) => {
      if (!contents.isDestroyed()) contents.send(FRAME_CHANNEL, page, frame)
    })
    current = { page, channel }
    return channel
  }

  contents.ipc.on(FRAME_CHANNEL, (event, page: unknown, frame: unknown) => {
    if (!isOwnPage(event, contents, origin)) return
    if (typeof page !== 'string' || page.length > 64 || typeof frame !== 'string' || frame.length > MAX_FRAME) return
    const channel = current?.page === page ? current.channel : open(page)
    channel.receive(frame)
  })
  contents.on('did-navigate', close)
  contents.on('render-process-gone', close)
  contents.on('destroyed', close)
}

function isOwnPage(event: IpcMainEvent, contents: WebContents, origin: string): boolean {
  const frame = event.senderFrame
  // A detached frame runs the unload handlers of a page that is already replaced.
  if (frame === null || frame.detached) return false
  // The node, not the object: it is the main frame's own, which no sub frame and no prerendered page shares.
  return frame.frameTreeNodeId === contents.mainFrame.frameTreeNodeId && frame.origin === origin
}
