import type { Technician } from '../../src-shared/domain/people.ts'
import type { SandboxClient, SandboxData } from '../load.ts'
import { africaAndAsia } from './clients/africa-asia.ts'
import { americas } from './clients/americas.ts'
import { europe } from './clients/europe.ts'
import { pacific } from './clients/pacific.ts'
import { configurationOf } from './configuration.ts'
import { readIncidentLog } from './incident-log.ts'
import { incidentConfiguration, incidentContacts, incidentTickets } from './incident-tickets.ts'
import { contactsOf, sandboxTechnicians } from './people.ts'
import type { Profile } from './profile.ts'
import { idOf } from './random.ts'
import { ticketsOf } from './tickets.ts'
import { viewsOf } from './views.ts'

/**
 * An organisation with sample clients, to try Bulkhead with: fictional but for one, which replays a real incident log.
 * Ids and texts are the same for every `now`; only times move with it, those of the log excepted.
 */
export function sandbox(now: Date = new Date()): SandboxData {
  const technicians = sandboxTechnicians()
  const clients = [...americas, ...europe, ...africaAndAsia, ...pacific].map((profile) =>
    drawn(profile, technicians, now),
  )
  return {
    organisation: { id: idOf('organisation'), name: 'Foghorn Managed IT' },
    technicians,
    clients: [...clients, logClient(technicians)],
  }
}

function drawn(profile: Profile, technicians: Technician[], now: Date): SandboxClient {
  const contacts = contactsOf(profile)
  const crew = profile.team.flatMap((place) => technicians[place]?.id ?? [])
  const configuration = configurationOf(profile, crew, now)
  return {
    tenant: { id: idOf(`tenant/${profile.slug}`), ...profile.tenant },
    configuration,
    contacts,
    views: viewsOf(profile),
    tickets: ticketsOf(profile, contacts, technicians, now, configuration),
  }
}

function logClient(technicians: Technician[]): SandboxClient {
  const events = readIncidentLog()
  return {
    tenant: {
      id: idOf('tenant/incident-log'),
      name: 'Meridian Systems IT',
      shortName: 'Meridian',
      domains: ['meridiansystems.example'],
      aliases: ['MSIT', 'Meridian', 'the log'],
      industry: 'IT company',
      colour: '#5b6ee1',
      timeZone: 'UTC',
    },
    configuration: incidentConfiguration(events),
    contacts: incidentContacts(events),
    tickets: incidentTickets(events, { technicianIds: technicians.map(({ id }) => id) }),
  }
}
