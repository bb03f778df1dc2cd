import { faker as de } from '@faker-js/faker/locale/de'
import { faker as en } from '@faker-js/faker/locale/en'
import { faker as en_IN } from '@faker-js/faker/locale/en_IN'
import { faker as en_ZA } from '@faker-js/faker/locale/en_ZA'
import { faker as nl } from '@faker-js/faker/locale/nl'
import { faker as pt_BR } from '@faker-js/faker/locale/pt_BR'
import type { Contact, Technician } from '../../src-shared/domain/people.ts'
import type { Profile } from './profile.ts'
import { idOf, Random, seedOf } from './random.ts'

const fakers = { de, en, en_IN, en_ZA, nl, pt_BR }

const names = [
  'Dana Whitlock',
  'Tomasz Zielak',
  'Priya Raghunathan',
  'Owen Castellane',
  'Mei-Lin Aldous',
  'Kofi Brandvold',
  'Saoirse Quill',
  'Rafael Montclair',
]

/** The technicians of the sample organisation; the first, dana@sandbox.example, is who signs in. All passwords are `sandbox`. */
export function sandboxTechnicians(): (Technician & { password: string })[] {
  return names.map((name) => {
    const [login = name] = asciiOf(name).split(' ')
    return { id: idOf(`technician/${login}`), name, email: `${login}@sandbox.example`, password: 'sandbox' }
  })
}

/** The people of a client. Every address ends with the client's first domain. */
export function contactsOf(profile: Profile): Contact[] {
  const faker = fakers[profile.locale]
  faker.seed(seedOf(`people of ${profile.slug}`))
  const random = new Random(`contacts of ${profile.slug}`)
  const [domain = 'client.example'] = profile.tenant.domains
  const taken = new Set<string>()
  const contacts: Contact[] = []
  while (contacts.length < profile.contacts) {
    const first = faker.person.firstName()
    const last = faker.person.lastName()
    const login = `${asciiOf(first)}.${asciiOf(last)}`.replace(/[^a-z.]/g, '')
    if (taken.has(login)) continue
    taken.add(login)
    const place = contacts.length
    const vip = place % 5 === 2 && place < profile.vips * 5
    contacts.push({
      id: idOf(`${profile.slug}/contact/${contacts.length + 1}`),
      name: `${first} ${last}`,
      email: random.chance(0.97) || vip ? `${login}@${domain}` : null,
      phone: random.chance(0.85) ? profile.phone.replace(/#/g, () => String(random.int(0, 9))) : null,
      title: vip ? (profile.jobs[0] ?? null) : random.pick(profile.jobs.slice(1)),
      site: random.pick(profile.sites),
      vip,
    })
  }
  return contacts
}

/** Lower case without accents. */
function asciiOf(name: string): string {
  return name.replace(/ß/g, 'ss').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
