import type { ReactNode } from 'react'
import classes from './welcome.module.css'

/** The frame of the screens before any client: the product's mark, a title, what it says. */
export function PageFrame({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Mark />
        <h1>{title}</h1>
        {lead && <p className={classes.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  )
}

function Mark() {
  return (
    <svg className={classes.mark} viewBox="0 0 32 32" width="44" height="44" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#1d3f6e" />
      <path d="M7 9h18M7 16h18M7 23h18M13 9v14M19 9v14" stroke="#dfeaf8" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  )
}

/** A problem inside a form or card. */
export function InlineProblem({ text }: { text: string }) {
  return (
    <p className={classes.problem} role="alert">
      {text}
    </p>
  )
}
