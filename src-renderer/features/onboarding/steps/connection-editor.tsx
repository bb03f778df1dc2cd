import { NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useState, type KeyboardEvent } from 'react'
import { addressProblem } from '../../../../src-shared/domain/connection-text.ts'
import { PageButton } from '../../../ui/page.tsx'
import forms from './fields.module.css'
import classes from './connect.module.css'

/** A connection that is being typed, without its secret. */
export interface Adding {
  name: string
  url: string
  as: 'bearer' | 'basic' | 'header'
  header: string
  username: string
}

export const newConnection: Adding = { name: '', url: '', as: 'bearer', header: 'X-Api-Key', username: '' }

const WAYS = [
  { value: 'bearer', label: 'Bearer token' },
  { value: 'basic', label: 'User and password' },
  { value: 'header', label: 'API key in a header' },
] as const

const SECRETS = { bearer: 'Token', basic: 'Password', header: 'Key' } as const

interface ConnectionEditorProps {
  adding: Adding
  busy: boolean
  onChange(adding: Adding): void
  /** Keeps the credential in the vault and tries it out. @returns why it was not kept; null where it was */
  onKeep(adding: Adding, secret: string): Promise<string | null>
}

/** A new connection. What is typed of the secret lives here alone: it goes into the vault, or is lost with the page. */
export function ConnectionEditor({ adding, busy, onChange, onKeep }: ConnectionEditorProps) {
  const [secret, setSecret] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const write = (part: Partial<Adding>): void => {
    setProblem(null)
    onChange({ ...adding, ...part })
  }
  const keep = async (): Promise<void> => {
    const wrong = problemOf(adding, secret)
    setProblem(wrong)
    if (wrong !== null || busy) return
    const given = secret
    setSecret('')
    const failed = await onKeep(adding, given)
    if (failed === null) return
    setSecret(given)
    setProblem(failed)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLInputElement)) return
    event.preventDefault()
    void keep()
  }
  return (
    <fieldset className={classes.editor} onKeyDown={onKeyDown}>
      <legend>A system of theirs</legend>
      <div className={forms.columns}>
        <TextInput
          data-first
          label="Name"
          placeholder="RMM"
          maxLength={100}
          value={adding.name}
          onChange={(event) => write({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Address that needs the credential"
          placeholder="https://rmm.example/api/v2/devices"
          spellCheck={false}
          maxLength={2000}
          value={adding.url}
          onChange={(event) => write({ url: event.currentTarget.value })}
        />
        <NativeSelect
          label="Goes as"
          data={[...WAYS]}
          value={adding.as}
          onChange={(event) => write({ as: event.currentTarget.value as Adding['as'] })}
        />
        {adding.as === 'header' && (
          <TextInput
            label="Header"
            spellCheck={false}
            maxLength={100}
            value={adding.header}
            onChange={(event) => write({ header: event.currentTarget.value })}
          />
        )}
        {adding.as === 'basic' && (
          <TextInput
            label="User name"
            autoComplete="off"
            maxLength={320}
            value={adding.username}
            onChange={(event) => write({ username: event.currentTarget.value })}
          />
        )}
        <PasswordInput
          label={SECRETS[adding.as]}
          autoComplete="new-password"
          value={secret}
          onChange={(event) => {
            setProblem(null)
            setSecret(event.currentTarget.value)
          }}
        />
      </div>
      <div className={classes.foot}>
        <PageButton shortcut="↵" disabled={busy} onClick={() => void keep()}>
          Keep it and try it out
        </PageButton>
        <p role={problem ? 'alert' : undefined} data-bad={problem !== null || undefined}>
          {problem ??
            'The secret goes into the vault on this computer, and with the request to this address. Nowhere else.'}
        </p>
      </div>
    </fieldset>
  )
}

function problemOf({ name, url, as, header, username }: Adding, secret: string): string | null {
  if (name.trim() === '') return 'Give it a name.'
  const address = addressProblem(url.trim())
  if (address !== null) return address
  if (as === 'header' && header.trim() === '') return 'Name the header that the key goes in.'
  if (as === 'basic' && username.trim() === '') return 'Give the user name.'
  return secret === '' ? `Enter the ${SECRETS[as].toLowerCase()}.` : null
}
