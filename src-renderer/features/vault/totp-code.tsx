import { useEffect, useState } from 'react'
import type { TotpCode as Code } from '../../../src-shared/domain/vault.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useSecond } from '../../ui/time.ts'
import classes from './vault.module.css'

/** The one-time code of now and how long it holds; the next one is asked for when it turns. The seed stays inside. */
export function TotpCode({ id }: { id: string }) {
  const { client } = useTenant()
  const [code, setCode] = useState<(Code & { until: number }) | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const now = useSecond()
  const left = code ? Math.max(0, Math.ceil((code.until - now) / 1000)) : 0
  const spent = code !== null && code.until <= now
  useEffect(() => {
    if (code !== null && !spent) return
    let gone = false
    client.vault.code.mutate({ id }).then(
      (next) => gone || setCode({ ...next, until: Date.now() + next.secondsLeft * 1000 }),
      (error: unknown) => gone || setProblem(problemFrom(error).message),
    )
    return () => void (gone = true)
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, id, spent])
  if (problem) return <span className={classes.bad}>{problem}</span>
  if (!code) return <span aria-busy className={classes.code} />
  return (
    <span className={classes.code} data-testid="totp">
      <b>{code.code.replace(/^(\d{3})(\d{3})$/, '$1 $2')}</b>
      <progress max={code.period} value={left} aria-label={`Holds for ${left} s`} />
      <span>{left} s</span>
    </span>
  )
}
