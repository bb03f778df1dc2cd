import { useQuery } from '@tanstack/react-query'
import { createContext, use, useState, type ReactNode } from 'react'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Desk } from '../../src-shared/domain/views.ts'
import type { Problem } from '../../src-shared/problem.ts'
import { ServiceDesk } from '../../src-shared/sla/service-desk.ts'
import { problemFrom } from '../app/channel/link.ts'
import { useTenant } from './context.tsx'
import { deskQuery } from './queries.ts'

const DeskContext = createContext<Desk | null>(null)

/**
 * Waits for the client's own words and people, without which nothing of it can be shown.
 * @param failed shows why they do not come; it stays while they are asked for again, with what was typed there
 */
export function DeskGate({ failed, children }: { failed(problem: Problem): ReactNode; children: ReactNode }) {
  const tenant = useTenant()
  const { data, error } = useQuery(deskQuery(tenant))
  const [lastError, setLastError] = useState<Error | null>(null)
  const why = data ? null : (error ?? lastError)
  if (why !== lastError) setLastError(why)
  if (data) return <DeskContext value={data}>{children}</DeskContext>
  return why ? failed(problemFrom(why)) : <main aria-busy aria-label="Opening the client" />
}

const services = new WeakMap<Configuration, ServiceDesk>()

/** The client's service levels, ready to be asked; the same object as long as the configuration is the same. */
export function useServiceDesk(): ServiceDesk {
  const { configuration } = useDesk()
  let service = services.get(configuration)
  if (!service) services.set(configuration, (service = new ServiceDesk(configuration)))
  return service
}

export function useDesk(): Desk {
  const desk = use(DeskContext)
  if (!desk) throw new Error('no desk around this component')
  return desk
}
