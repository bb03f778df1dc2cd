import 'react'

declare module 'react' {
  interface CSSProperties {
    /** The colour of the client on screen. */
    '--client'?: string
    /** A colour from a client's configuration. */
    '--mark'?: string
    /** Columns of a list as a grid has them, and the px that they take at least. */
    '--columns'?: string
    '--columns-width'?: string
  }
}
