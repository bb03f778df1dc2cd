import type { NewClientLaunch } from '../../src-shared/onboarding/launch.ts'
import type { Host } from '../../src-main/console/host.ts'

/** A host that keeps what reaches it: one entry for each channel that was attached. */
export interface RecordingHost extends Host {
  channels: { received: string[]; closed: boolean; reply: (frame: string) => void }[]
  closes: number
  launches: NewClientLaunch[]
  /** How often the person went away. */
  aways: number
}

/** @param closing what `close()` waits for */
export function recordingHost(closing: Promise<void> = Promise.resolve()): RecordingHost {
  const host: RecordingHost = {
    channels: [],
    closes: 0,
    launches: [],
    aways: 0,
    attach(reply) {
      const channel = { received: [] as string[], closed: false, reply }
      host.channels.push(channel)
      return {
        receive: (frame) => void channel.received.push(frame),
        close: () => void (channel.closed = true),
      }
    },
    launch: (launch) => void host.launches.push(launch),
    away: () => void host.aways++,
    close() {
      host.closes++
      return closing
    },
  }
  return host
}
