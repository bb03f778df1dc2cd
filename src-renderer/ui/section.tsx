import type { ReactNode } from 'react'
import classes from './section.module.css'

/** A part of a page with a heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

/** Something that can be done: what it is called, what comes of it, and the button. */
export function Line({ title, text, children }: { title: string; text: ReactNode; children?: ReactNode }) {
  return (
    <div className={classes.line}>
      <span>
        <b>{title}</b>
        {text}
      </span>
      {children}
    </div>
  )
}
