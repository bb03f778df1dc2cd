import type { Contact, Technician } from '../../src-shared/domain/people.ts'
import type { Profile } from './profile.ts'
import type { Random } from './random.ts'

/** What the texts of one ticket draw from. */
export interface Scene {
  profile: Profile
  contacts: Contact[]
  requester: Contact | null
  technician: Technician
  random: Random
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']
const suppliers = [
  'Northgate Supply',
  'Bitwright Distribution',
  'Cobalt Channel',
  'Ferris & Sons IT',
  'Tallow Print Services',
]
const products = [
  'Visio',
  'Project Plan 3',
  'Acrobat Pro',
  'Copilot',
  'Power BI Pro',
  'the PDF editor',
  'Teams Phone',
  'Photoshop',
]
const codes = [
  '0x80070035',
  '0x8004010F',
  '691',
  '0xC000006D',
  'E-4471',
  '809',
  'SC542-00',
  '0x800CCC0E',
  'ERR-1009',
  '503',
]
const devices = [
  'nas-02',
  'ap-03',
  'label printer',
  'time clock',
  'ups-01',
  'camera recorder',
  'room panel',
  'door controller',
]
const earlier = [
  'Printer not printing',
  'VPN drops',
  'New starter',
  'Password reset',
  'Outlook disconnected',
  'Quote for laptops',
  'Wi-Fi in meeting room',
  'Access to mailbox',
]

/** Slots that differ at each use; all others keep their value within a ticket. */
const volatile = new Set(['time', 'count', 'percent', 'ms', 'minute'])

const makers = {
  first: ({ requester }: Scene) => (requester ? firstName(requester.name) : 'there'),
  tech: ({ technician }: Scene) => firstName(technician.name),
  other: (s: Scene) => another(s).name,
  other2: (s: Scene) => another(s).name,
  newcomer: (s: Scene) => `${firstName(another(s).name)} ${another(s).name.split(' ').at(-1)}`,
  they: () => 'they',
  They: () => 'They',
  them: () => 'them',
  username: (s: Scene) => (s.requester?.email ?? another(s).email ?? 'admin').replace(/@.*/, ''),
  ext: (s: Scene) => `ext ${s.random.int(201, 489)}`,
  extension: (s: Scene) => `${s.random.int(201, 489)}`,
  pc: (s: Scene) => device(s),
  pc2: (s: Scene) => device(s),
  printer: (s: Scene) => `${s.profile.prefix}-PRN${String(s.random.int(1, 9)).padStart(2, '0')}`,
  server: (s: Scene) => s.random.pick(s.profile.servers),
  device: (s: Scene) => s.random.pick(devices),
  site: (s: Scene) => s.requester?.site ?? s.random.pick(s.profile.sites),
  room: (s: Scene) => s.random.pick(s.profile.rooms),
  job: (s: Scene) => s.random.pick(s.profile.jobs),
  lob: (s: Scene) => s.random.pick(s.profile.lob),
  lobvendor: (s: Scene) => s.profile.lobVendor,
  isp: (s: Scene) => s.profile.isp,
  vendor: (s: Scene) => s.random.pick(s.profile.vendors),
  vendordomain: (s: Scene) =>
    `${s.random.pick(['orders', 'portal', 'support', 'www'])}.${s.random.pick(['kestrelparts', 'oakline', 'brightsupply', 'nordwerk', 'tessera'])}.example`,
  supplier: (s: Scene) => s.random.pick(suppliers),
  product: (s: Scene) => s.random.pick(products),
  folder: (s: Scene) => s.random.pick(s.profile.folders),
  mailbox: (s: Scene) => s.random.pick(s.profile.mailboxes),
  document: (s: Scene) => s.random.pick(s.profile.documents),
  domain: (s: Scene) => s.profile.tenant.domains[0] ?? 'client.example',
  certname: (s: Scene) =>
    `${s.random.pick(['remote', 'mail', 'portal', 'vpn', '*'])}.${s.profile.tenant.domains[0] ?? 'client.example'}`,
  costcentre: (s: Scene) => `${s.random.int(1000, 8999)}`,
  price: (s: Scene) => `${s.profile.currency}${s.random.int(8, 190) * 10 - 1}`,
  weekday: (s: Scene) => s.random.pick(weekdays),
  date: (s: Scene) => day(s),
  date2: (s: Scene) => day(s),
  time: (s: Scene) =>
    `${String(s.random.int(7, 18)).padStart(2, '0')}:${String(s.random.int(0, 11) * 5).padStart(2, '0')}`,
  /** A number that stays: a line, a room, a till. */
  unit: (s: Scene) => String(s.random.int(1, 9)),
  minute: (s: Scene) => String(s.random.int(10, 59)),
  count: (s: Scene) => String(s.random.int(2, 14)),
  percent: (s: Scene) => String(s.random.int(71, 98)),
  ms: (s: Scene) => String(s.random.int(80, 940)),
  code: (s: Scene) => s.random.pick(codes),
  port: (s: Scene) => String(s.random.int(2100, 9899)),
  ref: (s: Scene) => `${s.random.pick(['INC', 'SR-', 'C', 'RMA'])}${s.random.int(100_000, 989_999)}`,
  ip: (s: Scene) => `${s.random.pick(['192.0.2', '198.51.100', '203.0.113'])}.${s.random.int(2, 254)}`,
  matter: (s: Scene) => `${s.random.int(1200, 4999)}.${String(s.random.int(1, 60)).padStart(3, '0')}`,
  earlier: (s: Scene) => s.random.pick(earlier),
  otherFirst: () => '',
  other2First: () => '',
} satisfies Record<string, (scene: Scene) => string>

/** Fills templates of one ticket: a slot that named a person or device once names the same one again. */
export function filler(scene: Scene): (template: string) => string {
  const known = new Map<string, string>()
  const slot = (name: string): string => {
    if (name.includes('|')) return scene.random.pick(name.split('|'))
    if (name.endsWith('First')) return firstName(slot(name.slice(0, -5)))
    const value = known.get(name) ?? maker(name)(scene)
    if (!volatile.has(name)) known.set(name, value)
    return value
  }
  return (template) => {
    const filled = template.replace(/\{([^{}]+)\}/g, (_, name: string) => slot(name))
    return template.startsWith('{') ? filled.charAt(0).toUpperCase() + filled.slice(1) : filled
  }
}

function maker(name: string): (scene: Scene) => string {
  if (!(name in makers)) throw new RangeError(`no slot is named ${name}`)
  return makers[name as keyof typeof makers]
}

/** The name by which one calls a person. */
export function firstName(name: string): string {
  const [first = name, second] = name.split(' ')
  return /^(Dr|Mr|Mrs|Ms|Prof|Herr|Frau)\.?$/.test(first) && second ? second : first
}

function another({ contacts, requester, random }: Scene): Contact {
  const picked = random.pick(contacts)
  return picked === requester ? (contacts[(contacts.indexOf(picked) + 1) % contacts.length] as Contact) : picked
}

function device({ profile, random }: Scene): string {
  return `${profile.prefix}-${random.pick(['LT', 'LT', 'WS', 'PC'])}${String(random.int(1, 420)).padStart(3, '0')}`
}

function day({ random }: Scene): string {
  const number = random.int(1, 28)
  const ending = number > 10 && number < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${random.pick(weekdays)} ${number}${ending}`
}
