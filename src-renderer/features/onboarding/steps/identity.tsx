import { NativeSelect, TextInput } from '@mantine/core'
import type { Identity } from '../../../../src-shared/onboarding/answers.ts'
import { colours, shortNameOf, timeZoneOf } from '../../../../src-shared/onboarding/filling-in.ts'
import { countries, languageOf, ownCountry, zonesFor } from '../../../ui/countries.ts'
import { wordsOf, type StepContext, type StepDefinition, type StepFormProps } from '../step.ts'
import classes from './identity.module.css'
import fields from './fields.module.css'
import { LogoField } from './logo-field.tsx'

interface Draft {
  name: string
  country: string | null
  /** Null for that of the country. */
  timeZone: string | null
  domains: string
  aliases: string
  shortName: string
  industry: string
  size: string
  language: string
  colour: string
  /** A data URL; empty for none. */
  logo: string
}

/** Who the client is. */
export const identityStep: StepDefinition<Draft> = {
  action: 'Bring in',
  begin({ clients }, answer) {
    const given = (answer ?? {}) as Partial<Identity>
    return {
      name: given.name ?? '',
      country: given.country ?? (answer === undefined ? ownCountry() : null),
      timeZone: given.timeZone ?? null,
      domains: given.domains?.join(', ') ?? '',
      aliases: given.aliases?.join(', ') ?? '',
      shortName: given.shortName ?? '',
      industry: given.industry ?? '',
      size: given.size?.toString() ?? '',
      language: given.language ?? '',
      logo: given.logo ?? '',
      colour: given.colour ?? rarest([...clients.values()].map(({ colour }) => colour)),
    }
  },
  missing({ name, country, timeZone, size }) {
    if (name.trim() === '') return 'Give the client a name.'
    if (country === null && timeZone === null) return 'Choose the country that the client is in.'
    if (zoneOf({ country, timeZone }) === null) return 'Its country has several time zones. Choose one.'
    if (size.trim() !== '' && !/^\d{1,8}$/.test(size.trim())) return 'How many people work there is a number.'
    return null
  },
  answer({ name, country, timeZone, domains, aliases, shortName, industry, size, language, colour, logo }) {
    return {
      ...(logo && { logo }),
      name: name.trim(),
      ...(country !== null && { country }),
      ...(timeZone !== null && { timeZone }),
      domains: wordsOf(domains),
      aliases: wordsOf(aliases),
      ...(shortName.trim() && { shortName: shortName.trim() }),
      ...(industry.trim() && { industry: industry.trim() }),
      ...(size.trim() && { size: Number(size) }),
      ...((language.trim() || (country && languageOf(country))) && {
        language: language.trim() || languageOf(country ?? ''),
      }),
      colour,
    }
  },
  Form: IdentityForm,
}

function IdentityForm({ draft, context, change }: StepFormProps<Draft>) {
  const { name, country, timeZone } = draft
  const zone = zoneOf(draft)
  const text = (key: 'domains' | 'aliases' | 'shortName' | 'industry' | 'size' | 'language') => ({
    value: draft[key],
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => change({ [key]: event.currentTarget.value }),
  })
  return (
    <div className={fields.columns}>
      <TextInput
        data-first
        className={fields.wide}
        label="Name"
        maxLength={200}
        autoComplete="off"
        error={nameTaken(name, context)}
        value={name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <NativeSelect
        label="Country"
        data={[{ value: '', label: 'Type its first letters' }, ...countries()]}
        value={country ?? ''}
        onChange={(event) => change({ country: event.currentTarget.value || null, timeZone: null })}
      />
      <NativeSelect
        label="Time zone"
        data={zonesFor(country)}
        value={timeZone ?? zone ?? ''}
        onChange={(event) => change({ timeZone: event.currentTarget.value || null })}
      />
      <TextInput
        className={fields.wide}
        label="Domains"
        description="By which mail and devices are known to be theirs, with commas between"
        placeholder="harbour-legal.example"
        spellCheck={false}
        error={domainTaken(draft.domains, context)}
        {...text('domains')}
      />
      <TextInput
        label="Industry"
        maxLength={100}
        list="onboarding-industries"
        description="Proposes a template"
        {...text('industry')}
      />
      <TextInput
        label="Short name"
        maxLength={24}
        description="For narrow places"
        placeholder={name.trim() ? shortNameOf(name.trim()) : ''}
        {...text('shortName')}
      />
      <TextInput label="Other names" description="That it is known by, with commas between" {...text('aliases')} />
      <TextInput label="People who work there" description="About how many" inputMode="numeric" {...text('size')} />
      <TextInput
        label="Language"
        description="Such as de or pt-BR"
        maxLength={35}
        placeholder={(country && languageOf(country)) ?? ''}
        {...text('language')}
      />
      <fieldset className={classes.colours}>
        <legend>
          Colour <small>Of its tile and its pages</small>
        </legend>
        {colours.map((colour) => (
          <label key={colour} title={colour} style={{ background: colour }}>
            <input
              type="radio"
              name="colour"
              aria-label={colour}
              checked={draft.colour === colour}
              onChange={() => change({ colour })}
            />
          </label>
        ))}
      </fieldset>
      <LogoField name={name} colour={draft.colour} logo={draft.logo} onChange={(logo) => change({ logo })} />
      <datalist id="onboarding-industries">
        {context.choices?.templates.map(({ key, industry }) => industry && <option key={key} value={industry} />)}
      </datalist>
    </div>
  )
}

function zoneOf({ country, timeZone }: Pick<Draft, 'country' | 'timeZone'>): string | null {
  return timeZone ?? (country ? timeZoneOf(country) : null)
}

/** Who has the name already: the cloud refuses it. */
function nameTaken(name: string, { clients, others, view }: StepContext): string | null {
  const wanted = name.trim().toLowerCase()
  if (wanted === '') return null
  const client = [...clients.values()].find((one) => one.id !== view?.tenantId && one.name.toLowerCase() === wanted)
  if (client) return `A client called ${client.name} is there already.`
  const other = others.find((one) => one.name.toLowerCase() === wanted)
  return other ? `${other.changedBy} is onboarding ${other.name} already.` : null
}

function domainTaken(text: string, { clients, view }: StepContext): string | null {
  for (const domain of wordsOf(text.toLowerCase()))
    for (const { id, name, domains } of clients.values())
      if (id !== view?.tenantId && domains.includes(domain)) return `${domain} belongs to your client ${name}.`
  return null
}

/** The colour that the fewest clients have. */
function rarest(used: string[]): string {
  const times = (colour: string) => used.filter((one) => one.toLowerCase() === colour).length
  return colours.toSorted((a, b) => times(a) - times(b))[0] ?? colours[0]
}
