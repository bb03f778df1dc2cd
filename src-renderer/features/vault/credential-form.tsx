import { NumberInput, Select, Textarea, TextInput, PasswordInput, type InputWrapperProps } from '@mantine/core'
import { useState } from 'react'
import {
  CredentialKind,
  secretFields,
  type CredentialFacts,
  type CredentialView,
  type SecretField,
} from '../../../src-shared/domain/vault.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { refreshVault } from '../../tenant/vault.ts'
import { Form, useForm } from '../../ui/form.tsx'
import { PageButton } from '../../ui/page.tsx'
import { Tile } from '../../ui/tile.tsx'
import { AccessField } from './access-field.tsx'
import { generatePassword } from './generate.ts'
import classes from './vault.module.css'
import { FIELDS, KINDS, LONG } from './words.ts'

interface CredentialFormProps {
  /** Null for a new one. */
  credential: CredentialView | null
  /** @param id of what was saved */
  onDone(id: string): void
  onCancel(): void
}

const EMPTY: CredentialFacts = {
  ...{
    name: '',
    username: null,
    url: null,
    header: null,
    tokenUrl: null,
    clientId: null,
    expiresAt: null,
    rotateAfterDays: null,
  },
  ...{ mayUse: 'everyone', mayReveal: 'everyone' },
}

/** A credential that is written or changed. It is the client's that was on screen when this opened. */
export function CredentialForm({ credential, onDone, onCancel }: CredentialFormProps) {
  const tenant = useTenant()
  const { initials, colour, logo, name } = useIdentity()
  const form = useForm()
  const [kind, setKind] = useState<CredentialKind>(credential?.kind ?? 'login')
  const [facts, setFacts] = useState<CredentialFacts>(credential ?? EMPTY)
  const [secrets, setSecrets] = useState<Partial<Record<SecretField, string | null>>>({})
  const { needed, optional } = secretFields[kind]
  const fields: SecretField[] = [...needed, ...optional]
  const write = (part: Partial<CredentialFacts>): void => setFacts({ ...facts, ...part })
  const missing = credential === null && needed.some((field) => !secrets[field])
  const save = async (): Promise<void> => {
    const { vault } = tenant.client
    const given = Object.fromEntries(
      fields.flatMap((field) => {
        const value = secrets[field]
        return value === undefined || value === '' ? [] : [[field, value]]
      }),
    )
    let id = ''
    const done = await form.run(async () => {
      const kept = { ...pick(facts), name: facts.name.trim() }
      const saved = credential
        ? await vault.edit.mutate({ id: credential.id, patch: { facts: kept, secrets: given } })
        : await vault.create.mutate({ ...kept, kind, secrets: given as Record<SecretField, string> })
      id = saved.id
      await refreshVault(tenant)
    })
    if (done) onDone(id)
  }
  return (
    <section
      className={classes.editor}
      data-columns
      aria-label={credential ? `Edit ${credential.name}` : 'New credential'}
    >
      <p className={classes.for}>
        <Tile initials={initials} colour={colour} logo={logo} size={18} />{' '}
        {credential ? 'Credential' : 'New credential'} of <b>{name}</b>
      </p>
      <Form
        label="Credential"
        state={form}
        action="Save"
        ready={facts.name.trim() !== '' && !missing}
        onSubmit={() => void save()}
        onCancel={onCancel}
      >
        {!credential && (
          <Select
            label="Kind"
            allowDeselect={false}
            data={CredentialKind.options.map((value) => ({ value, label: KINDS[value] }))}
            value={kind}
            onChange={(value) => setKind(CredentialKind.parse(value))}
          />
        )}
        <TextInput
          label="Name"
          autoFocus
          maxLength={200}
          value={facts.name}
          onChange={(event) => write({ name: event.currentTarget.value })}
        />
        {kind !== 'note' && kind !== 'totp' && (
          <TextInput
            label="User name"
            autoComplete="off"
            maxLength={320}
            value={facts.username ?? ''}
            onChange={(event) => write({ username: event.currentTarget.value || null })}
          />
        )}
        {fields.map((field) => {
          const has = credential?.has.includes(field) === true
          const taken = secrets[field] === null
          const common = {
            label: FIELDS[field],
            description: taken
              ? 'Is taken away when you save'
              : has
                ? 'Leave it empty to keep what is stored'
                : undefined,
            inputWrapperOrder: BELOW,
            autoComplete: 'new-password',
            disabled: taken,
            value: secrets[field] ?? '',
            onChange: (event: { currentTarget: { value: string } }) => {
              const { value } = event.currentTarget
              setSecrets((before) => ({ ...before, [field]: value }))
            },
          }
          return (
            <div key={field} className={classes.secret}>
              {LONG.includes(field) ? (
                <Textarea rows={3} spellCheck={false} {...common} />
              ) : (
                <PasswordInput {...common} />
              )}
              {field === 'password' && (
                <PageButton onClick={() => setSecrets((before) => ({ ...before, password: generatePassword() }))}>
                  Make one
                </PageButton>
              )}
              {has && optional.some((one) => one === field) && (
                <PageButton
                  onClick={() =>
                    setSecrets(({ [field]: before, ...others }) =>
                      before === null ? others : { ...others, [field]: null },
                    )
                  }
                >
                  {taken ? 'Keep it' : 'Take away'}
                </PageButton>
              )}
            </div>
          )
        })}
        {kind !== 'note' && kind !== 'totp' && (
          <TextInput
            label="Used at"
            description="Its address. Automations use it there and nowhere else."
            inputWrapperOrder={BELOW}
            placeholder="https://"
            maxLength={2000}
            value={facts.url ?? ''}
            onChange={(event) => write({ url: event.currentTarget.value || null })}
          />
        )}
        {kind === 'api-token' && (
          <TextInput
            label="Goes in the header"
            description="Empty: as a bearer token, in Authorization"
            inputWrapperOrder={BELOW}
            placeholder="X-Api-Key"
            spellCheck={false}
            maxLength={100}
            value={facts.header ?? ''}
            onChange={(event) => write({ header: event.currentTarget.value || null })}
          />
        )}
        {kind === 'oauth' && (
          <>
            <TextInput
              label="Renewed at"
              placeholder="https://"
              value={facts.tokenUrl ?? ''}
              onChange={(event) => write({ tokenUrl: event.currentTarget.value || null })}
            />
            <TextInput
              label="Client id"
              value={facts.clientId ?? ''}
              onChange={(event) => write({ clientId: event.currentTarget.value || null })}
            />
          </>
        )}
        <TextInput
          label="Expires on"
          type="date"
          value={facts.expiresAt?.slice(0, 10) ?? ''}
          onChange={(event) => write({ expiresAt: dayEnd(event.currentTarget.value) })}
        />
        <NumberInput
          label="Change it each so many days"
          min={1}
          max={3650}
          allowDecimal={false}
          value={facts.rotateAfterDays ?? ''}
          onChange={(value) => write({ rotateAfterDays: typeof value === 'number' ? value : null })}
        />
        <AccessField label="May be used by" value={facts.mayUse} onChange={(mayUse) => write({ mayUse })} />
        <AccessField label="May be seen by" value={facts.mayReveal} onChange={(mayReveal) => write({ mayReveal })} />
      </Form>
    </section>
  )
}

/** What a field is about stands below it: fields side by side are level. */
const BELOW: InputWrapperProps['inputWrapperOrder'] = ['label', 'input', 'description', 'error']

/** The end of a day, here. */
function dayEnd(day: string): string | null {
  return day === '' ? null : new Date(`${day}T23:59:59`).toISOString()
}

function pick(facts: CredentialFacts): CredentialFacts {
  const { name, username, url, header, tokenUrl, clientId, expiresAt, rotateAfterDays, mayUse, mayReveal } = facts
  return { name, username, url, header, tokenUrl, clientId, expiresAt, rotateAfterDays, mayUse, mayReveal }
}
