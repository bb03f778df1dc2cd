/** What a row of an export can bring. */
export type Column = 'name' | 'username' | 'password' | 'url' | 'text' | 'seed'

interface Format {
  name: string
  /** Headers, in lower case, that tell it from all others. */
  needs: readonly string[]
  columns: Partial<Record<Column, string>>
}

/** The CSV exports of password managers, by the headers that they write; the first that fits is taken. */
const formats: readonly Format[] = [
  {
    name: 'Bitwarden',
    needs: ['login_username', 'login_password', 'name'],
    columns: {
      name: 'name',
      username: 'login_username',
      password: 'login_password',
      url: 'login_uri',
      text: 'notes',
      seed: 'login_totp',
    },
  },
  {
    name: 'LastPass',
    needs: ['username', 'password', 'extra', 'name', 'grouping'],
    columns: { name: 'name', username: 'username', password: 'password', url: 'url', text: 'extra', seed: 'totp' },
  },
  {
    name: '1Password',
    needs: ['title', 'username', 'password', 'otpauth', 'favorite'],
    columns: { name: 'title', username: 'username', password: 'password', url: 'url', text: 'notes', seed: 'otpauth' },
  },
  {
    name: 'KeePassXC',
    needs: ['group', 'title', 'username', 'password', 'url', 'notes'],
    columns: { name: 'title', username: 'username', password: 'password', url: 'url', text: 'notes', seed: 'totp' },
  },
  {
    name: 'KeePass',
    needs: ['account', 'login name', 'password', 'web site', 'comments'],
    columns: { name: 'account', username: 'login name', password: 'password', url: 'web site', text: 'comments' },
  },
  {
    name: 'Keeper',
    needs: ['title', 'login', 'password', 'website address'],
    columns: { name: 'title', username: 'login', password: 'password', url: 'website address', text: 'notes' },
  },
  {
    name: 'Chrome or Edge',
    needs: ['name', 'url', 'username', 'password'],
    columns: { name: 'name', username: 'username', password: 'password', url: 'url', text: 'note' },
  },
]

/** Headers that say the same in files of other origin, likeliest first. */
const synonyms: Record<Column, readonly string[]> = {
  name: [
    'name',
    'title',
    'account',
    'account name',
    'item',
    'item name',
    'entry',
    'site',
    'label',
    'service',
    'titel',
    'titre',
  ],
  username: [
    'username',
    'user name',
    'user',
    'login',
    'login name',
    'login_username',
    'email',
    'e-mail',
    'user id',
    'benutzername',
    'benutzer',
    'identifiant',
    'usuario',
  ],
  password: [
    'password',
    'pass',
    'pwd',
    'login_password',
    'secret',
    'kennwort',
    'passwort',
    'mot de passe',
    'contraseña',
  ],
  url: ['url', 'urls', 'website', 'web site', 'website address', 'uri', 'login_uri', 'link', 'address', 'host'],
  text: ['notes', 'note', 'comments', 'comment', 'extra', 'description', 'remarks'],
  seed: ['totp', 'otp', 'otpauth', 'otpsecret', 'otpurl', 'login_totp', 'one-time password', '2fa', 'totp secret'],
}

export interface Layout {
  /** Name of the format. */
  name: string
  /** Place of each column. */
  columns: Partial<Record<Column, number>>
  /** Whether the first row names the columns. */
  headed: boolean
  /** Where pairs of a name and a value begin that belong to no column; null where there are none. */
  pairsFrom: number | null
}

/** Keeper writes no headers; its columns are in this order, then pairs of names and values of custom fields. */
const KEEPER: Layout = {
  name: 'Keeper',
  columns: { name: 1, username: 2, password: 3, url: 4, text: 5 },
  headed: false,
  pairsFrom: 7,
}

/** Recognises an export by its first row; null where nothing in it can be told. */
export function layoutOf(first: readonly string[]): Layout | null {
  const headers = first.map((header) => header.trim().toLowerCase())
  const known = formats.find(({ needs }) => needs.every((header) => headers.includes(header)))
  const columns: Layout['columns'] = {}
  const taken = new Set<string>()
  const take = (column: Column, names: readonly string[]): void => {
    const found = names.find((name) => headers.includes(name) && !taken.has(name))
    if (found === undefined || columns[column] !== undefined) return
    columns[column] = headers.indexOf(found)
    taken.add(found)
  }
  for (const [column, name] of Object.entries(known?.columns ?? {})) take(column as Column, [name])
  // Also of a known format: there are columns that only some versions of it write.
  for (const [column, names] of Object.entries(synonyms)) take(column as Column, names)
  const useful = columns.password ?? columns.seed ?? columns.text
  if (useful === undefined) return headers.length >= 6 ? KEEPER : null
  return { name: known?.name ?? 'CSV', columns, headed: true, pairsFrom: known?.name === 'Keeper' ? 7 : null }
}
