/** The one IPC channel between window and main. Each message is a document id (see the preload) and a frame. */
export const FRAME_CHANNEL = 'bulkhead:frame'

/** Name under which the window finds its {@link Bridge}. */
export const BRIDGE_NAME = 'bulkhead'
