import { useState, type ReactNode } from 'react'
import type { TriedConnection } from '../../../src-shared/domain/connection.ts'
import { knownName } from '../../../src-shared/domain/person-words.ts'
import { neverRevealed, type CredentialView, type SecretField } from '../../../src-shared/domain/vault.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { problemFrom } from '../../app/channel/link.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { PageButton } from '../../ui/page.tsx'
import { dateText } from '../../ui/time.ts'
import { CredentialHistory } from './credential-history.tsx'
import { ReasonForm } from './reason-form.tsx'
import { TotpCode } from './totp-code.tsx'
import { Tried } from './tried.tsx'
import { useSecret } from './use-secret.ts'
import classes from './vault.module.css'
import { FIELDS } from './words.ts'

interface CredentialDetailProps {
  credential: CredentialView
  reasonNeeded: boolean
  onEdit(): void
  onRemove(): void
}

/** One credential, opened: what is not secret, and the acts on what is. */
export function CredentialDetail({ credential, reasonNeeded, onEdit, onRemove }: CredentialDetailProps) {
  const { id, has, username, url, canReveal, canUse, canChange } = credential
  const secret = useSecret(id, reasonNeeded)
  const [coding, setCoding] = useState(false)
  const [past, setPast] = useState(false)
  const { client } = useTenant()
  const [tried, setTried] = useState<TriedConnection | 'trying' | null>(null)
  const mayTry = canUse && url?.startsWith('https:') === true && TRIED_KINDS.includes(credential.kind)
  const tryOut = (): void => {
    if (tried === 'trying') return
    setTried('trying')
    client.connections.tryOut.mutate({ id }).then(setTried, (error: unknown) => {
      setTried(null)
      secret.say({ text: problemFrom(error).message, bad: true })
    })
  }
  const open = has.filter((field) => !neverRevealed.includes(field))
  const [first] = open
  const copyName = (): void => {
    if (username === null) return
    void navigator.clipboard.writeText(username).then(
      () => secret.say({ text: 'The user name is on the clipboard.', bad: false }),
      () => secret.say({ text: 'The clipboard cannot be written here.', bad: true }),
    )
  }
  const toggle = (field: SecretField): void =>
    secret.shown?.field === field ? secret.hide() : secret.start({ field, purpose: 'show' })
  useCommands([
    ...(first && canReveal
      ? [
          command('vault-show', `Show the ${FIELDS[first].toLowerCase()}`, 'v', () => toggle(first)),
          command('vault-copy', `Copy the ${FIELDS[first].toLowerCase()}`, 'c', () =>
            secret.start({ field: first, purpose: 'copy' }),
          ),
        ]
      : []),
    ...(username === null ? [] : [command('vault-user', 'Copy the user name', 'u', copyName)]),
    ...(has.includes('seed') && canUse
      ? [command('vault-code', 'Show the one-time code', 'o', () => setCoding((before) => !before))]
      : []),
    ...(mayTry ? [command('vault-try', 'Try this credential out', 't', tryOut)] : []),
    ...(canChange
      ? [
          command('vault-edit', 'Edit this credential', 'e', onEdit),
          command('vault-history', 'Earlier versions', 'h', () => setPast((before) => !before)),
          command('vault-remove', 'Remove this credential', 'Delete', onRemove),
        ]
      : []),
  ])
  return (
    <div className={classes.detail} data-testid="credential">
      <dl>
        {username !== null && (
          <Field name="User name" value={username}>
            <PageButton shortcut="u" onClick={copyName}>
              Copy
            </PageButton>
          </Field>
        )}
        {open.map((field) => (
          <Field
            key={field}
            name={FIELDS[field]}
            value={secret.shown?.field === field ? secret.shown.value : '••••••••••'}
            shown={secret.shown?.field === field}
          >
            {canReveal && (
              <>
                <PageButton {...(field === first ? { shortcut: 'v' } : {})} onClick={() => toggle(field)}>
                  {secret.shown?.field === field ? 'Hide' : 'Show'}
                </PageButton>
                <PageButton
                  {...(field === first ? { shortcut: 'c' } : {})}
                  onClick={() => secret.start({ field, purpose: 'copy' })}
                >
                  Copy
                </PageButton>
              </>
            )}
          </Field>
        ))}
        {has.includes('seed') && (
          <Field name="One-time code" value={coding ? <TotpCode id={id} /> : '••• •••'}>
            {canUse && (
              <PageButton shortcut="o" onClick={() => setCoding((before) => !before)}>
                {coding ? 'Hide' : 'Show'}
              </PageButton>
            )}
          </Field>
        )}
        {has.includes('refreshToken') && <Field name="Refresh token" value="Kept inside; it is never shown" />}
        {url !== null && (
          <Field name="Used at" value={url}>
            {mayTry && (
              <PageButton shortcut="t" disabled={tried === 'trying'} onClick={tryOut}>
                {tried === 'trying' ? 'Trying…' : 'Try it out'}
              </PageButton>
            )}
          </Field>
        )}
        {credential.header !== null && <Field name="Goes in the header" value={credential.header} />}
        <Field name="Expires" value={credential.expiresAt ? dateText(credential.expiresAt) : 'Never'} />
        <Field
          name="Secret last changed"
          value={`${dateText(credential.rotatedAt)}${credential.rotateAfterDays ? `, to be changed each ${credential.rotateAfterDays} days` : ''}`}
        />
        <Field name="May be used by" value={<People access={credential.mayUse} />} />
        <Field name="May be seen by" value={<People access={credential.mayReveal} />} />
      </dl>
      {tried !== null && tried !== 'trying' && <Tried tried={tried} />}
      {secret.asked && <ReasonForm onGive={secret.giveReason} onCancel={secret.cancel} />}
      {!canReveal && <p className={classes.hint}>You may use this credential, but not see it.</p>}
      <p className={classes.said} data-bad={secret.said?.bad || undefined} role={secret.said?.bad ? 'alert' : 'status'}>
        {secret.said?.text}
      </p>
      {canChange && (
        <div className={classes.acts}>
          <PageButton shortcut="e" onClick={onEdit}>
            Edit
          </PageButton>
          <PageButton shortcut="h" onClick={() => setPast((before) => !before)}>
            History
          </PageButton>
          <PageButton shortcut="Del" onClick={onRemove}>
            Remove
          </PageButton>
        </div>
      )}
      {past && <CredentialHistory credential={credential} />}
    </div>
  )
}

/** Those that can go along with a request. */
const TRIED_KINDS: readonly CredentialView['kind'][] = ['login', 'api-token', 'oauth']

function command(id: string, title: string, key: string, run: () => void) {
  return { id, title, group: 'Ticket' as const, keys: [key], run }
}

interface FieldProps {
  name: string
  value: ReactNode
  shown?: boolean
  children?: ReactNode
}

function Field({ name, value, shown, children }: FieldProps) {
  return (
    <div className={classes.field}>
      <dt>{name}</dt>
      <dd data-shown={shown || undefined}>{value}</dd>
      <span className={classes.buttons}>{children}</span>
    </div>
  )
}

function People({ access }: { access: CredentialView['mayUse'] }) {
  const desk = useDesk()
  if (access === 'everyone') return 'Everybody who works for this client'
  if (access.length === 0) return 'Nobody'
  return access.map((id) => knownName(id, desk) ?? 'Somebody who left').join(', ')
}
