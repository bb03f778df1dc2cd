import { timeZonesOf } from '../../src-shared/onboarding/filling-in.ts'

/** Codes that have a name and are no country of ISO 3166-1. */
const NONE = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'])
/** Codes of before, which name the country of today. */
const FORMER = new Set([
  'AN',
  'BU',
  'CS',
  'DD',
  'FX',
  'NT',
  'SU',
  'TP',
  'UK',
  'YD',
  'YU',
  'ZR',
  'HV',
  'DY',
  'NH',
  'RH',
  'VD',
])

let listed: { value: string; label: string }[] | null = null

/** The countries with their names in English, by name. */
export function countries(): { value: string; label: string }[] {
  if (listed) return listed
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  listed = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !NONE.has(code) && !FORMER.has(code))
    .flatMap((value) => {
      const label = names.of(value)
      return label === undefined ? [] : [{ value, label }]
    })
    .sort((a, b) => a.label.localeCompare(b.label, 'en'))
  return listed
}

/** What a country is called. */
export function countryName(code: string): string {
  return countries().find(({ value }) => value === code)?.label ?? code
}

/** The country that the technician's own clock shows; null where it tells none. */
export function ownCountry(): string | null {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return countries().find(({ value }) => timeZonesOf(value).includes(timeZone))?.value ?? null
}

/** The language that most speak there; null where nobody knows. */
export function languageOf(country: string): string | null {
  const { language } = new Intl.Locale(`und-${country}`).maximize()
  return language === 'und' ? null : language
}

/** The time zones to choose from, those of the country first. */
export function zonesFor(country: string | null) {
  const own = country ? timeZonesOf(country) : []
  const first = { value: '', label: country ? 'Choose one: the country has several' : 'Known by the country' }
  const all = Intl.supportedValuesOf('timeZone')
  if (own.length === 0) return [first, ...all]
  return [
    first,
    { group: countryName(country ?? ''), items: own },
    { group: 'Elsewhere', items: all.filter((zone) => !own.includes(zone)) },
  ]
}
