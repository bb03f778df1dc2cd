import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { LayerValues } from '../../../src-shared/settings/settings.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useConsole } from '../../app/console/context.tsx'
import classes from './proof.module.css'

/** Milliseconds of rest before what is typed is tried out. */
const REST = 300

/** The sentence that proves the hours as they are typed, worked out by the cloud; or what is wrong with them. */
export function Proof({ id, set }: { id: string; set: LayerValues | null }) {
  const { client } = useConsole()
  const wanted = set === null ? null : JSON.stringify(set)
  const [rested, setRested] = useState(wanted)
  useEffect(() => {
    const timer = setTimeout(() => setRested(wanted), REST)
    return () => clearTimeout(timer)
  }, [wanted])
  const { data, error } = useQuery({
    queryKey: ['proof', id, rested],
    queryFn: () => client.onboarding.tryOut.query({ id, set: JSON.parse(rested ?? '{}') as LayerValues }),
    enabled: rested !== null,
    placeholderData: (before: string | null | undefined) => before,
    staleTime: Infinity,
  })
  const found = error ? problemFrom(error) : null
  return (
    <p className={classes.proof} data-bad={found !== null || undefined} role="status" data-testid="proof">
      {found?.message ?? data ?? ' '}
    </p>
  )
}
