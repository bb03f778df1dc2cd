import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './notice.module.css'

/** A screen or pane that cannot show what it should: what happened and what to do. */
export function ProblemNotice({ title, text, action }: { title: string; text: string; action?: ReactNode }) {
  return (
    <div className={classes.notice} role="alert">
      <IconAlertTriangle size={28} stroke={1.5} className={classes.warning} />
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  )
}

/** An empty place that says what to do. */
export function EmptyNotice({
  icon,
  title,
  text,
  action,
}: {
  icon: ReactNode
  title: string
  text: string
  action?: ReactNode
}) {
  return (
    <div className={classes.notice}>
      {icon}
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  )
}
