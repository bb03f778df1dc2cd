import 'react'

declare module 'react' {
  interface CSSProperties {
    /** The colour of the client on screen. */
    '--client'?: string
    /** A colour from a client's configuration. */
    '--mark'?: string
  }
}
