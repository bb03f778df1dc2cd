import type { ReactNode } from 'react'
import type { SyncReport } from '../../../src-shared/domain/views.ts'
import { timeLeft } from '../../app/shell/sync-message.ts'
import { agoShort, dateTime } from '../../ui/time.ts'
import { bytes } from '../../ui/bytes.ts'
import { BREAKER, differed, untilShort } from './report-words.ts'
import classes from './sync.module.css'

/** The figures of a sync report. @param now ms since 1970, to the second */
export function SyncFacts({ report, now }: { report: SyncReport; now: number }) {
  const { state, nextTry, cursor, head, files } = report
  const away = state.phase === 'offline' || state.problem?.code === 'cloud-unreachable'
  const behind = head === null ? null : Math.max(0, head - cursor)
  return (
    <dl className={classes.facts}>
      <Fact name="Last in step">
        <Moment at={state.lastSuccessAt} now={now} />
      </Fact>
      <Fact name="Last download">
        <Moment at={report.lastPullAt} now={now} />
      </Fact>
      <Fact name="Last upload">
        <Moment at={report.lastPushAt} now={now} />
      </Fact>
      <Fact name="Next try" note={nextTry && !away ? nextTry.reason : undefined}>
        {nextTry ? untilShort(nextTry.at, now) : away ? 'When the cloud is back' : 'Nothing waits'}
      </Fact>
      <Fact name="Way to the cloud" tone={away || report.breaker !== 'closed' ? 'amber' : undefined}>
        {away && report.breaker === 'closed' ? 'The cloud is away' : BREAKER[report.breaker]}
      </Fact>
      <Fact
        name="Version here"
        note={
          behind === null
            ? 'The newest in the cloud is not known'
            : behind === 0
              ? away
                ? 'The newest that is known'
                : 'The newest'
              : undefined
        }
      >
        {cursor.toLocaleString('en')}
        {behind !== null && behind > 0 && ` of ${head?.toLocaleString('en')}`}
      </Fact>
      <Fact name="Compared with the cloud" note={report.compared ? differed(report.compared, now) : undefined}>
        {report.compared ? <Moment at={report.compared.at} now={now} /> : 'Soon'}
      </Fact>
      <Fact name="Stored here" note={`${bytes(files.ledgerBytes)} of it edits and audit trail`}>
        {bytes(files.cacheBytes + files.ledgerBytes)}
      </Fact>
      {state.progress && state.progress.total > 0 && (
        <Fact name="Rows" note={rateOf(state.progress)}>
          {state.progress.rows.toLocaleString('en')} of {state.progress.total.toLocaleString('en')}
        </Fact>
      )}
    </dl>
  )
}

function rateOf({ perSecond, secondsLeft }: NonNullable<SyncReport['state']['progress']>): string {
  const rate = `${perSecond.toLocaleString('en')} a second`
  return secondsLeft === null ? rate : `${rate}, about ${timeLeft(secondsLeft)} left`
}

interface FactProps {
  name: string
  note?: string | undefined
  tone?: 'amber' | undefined
  children: ReactNode
}

function Fact({ name, note, tone, children }: FactProps) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd data-tone={tone}>{children}</dd>
      {note && <dd className={classes.note}>{note}</dd>}
    </div>
  )
}

function Moment({ at, now }: { at: string | null; now: number }) {
  if (at === null) return 'Never'
  const ago = agoShort(at, now)
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago === 'now' ? 'Just now' : /\d$/.test(ago) ? ago : `${ago} ago`}
    </time>
  )
}
