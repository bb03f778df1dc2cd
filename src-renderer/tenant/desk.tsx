import { useQuery } from '@tanstack/react-query'
import { createContext, use, type ReactNode } from 'react'
import type { Desk } from '../../src-shared/domain/views.ts'
import type { Problem } from '../../src-shared/problem.ts'
import { problemFrom } from '../app/channel/link.ts'
import { useTenant } from './context.tsx'
import { deskQuery } from './queries.ts'

const DeskContext = createContext<Desk | null>(null)

/** Waits for the client's own words and people, without which nothing of it can be shown. @param failed shows why they do not come */
export function DeskGate({ failed, children }: { failed(problem: Problem): ReactNode; children: ReactNode }) {
  const tenant = useTenant()
  const { data, error } = useQuery(deskQuery(tenant))
  if (data) return <DeskContext value={data}>{children}</DeskContext>
  if (!error) return <main aria-busy aria-label="Opening the client" />
  return failed(problemFrom(error))
}

export function useDesk(): Desk {
  const desk = use(DeskContext)
  if (!desk) throw new Error('no desk around this component')
  return desk
}
