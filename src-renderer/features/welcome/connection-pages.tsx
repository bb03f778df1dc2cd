import { Loader } from '@mantine/core'
import { PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

/** Before the host has answered for the first time: an empty page, because it answers in milliseconds. */
export function ConnectingPage() {
  return <main aria-busy aria-label="Connecting" />
}

export function RefusedPage() {
  return (
    <PageFrame
      title="This window is not signed in to the console"
      lead={
        <>
          Open the address that <code>npm start</code> printed. Each address works once; start the console again for a
          new one.
        </>
      }
    />
  )
}

export function LostPage() {
  return (
    <PageFrame
      title="The console is not running"
      lead={
        <>
          Start it with <code>npm start</code>. This window connects again by itself.
        </>
      }
    />
  )
}

/** Something takes a moment, such as the first start of the sample cloud. */
export function StartingPage({ step }: { step: string }) {
  return (
    <div className={classes.late}>
      <PageFrame title="One moment" lead={<span role="status">{step}</span>}>
        <Loader size="sm" mt="md" />
      </PageFrame>
    </div>
  )
}
