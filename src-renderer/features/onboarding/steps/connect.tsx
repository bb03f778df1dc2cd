import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CredentialView } from '../../../../src-shared/domain/vault.ts'
import type { ConnectAnswer, Connection } from '../../../../src-shared/onboarding/answers.ts'
import { problemFrom } from '../../../app/channel/link.ts'
import { useCommands } from '../../../app/commands/use-commands.tsx'
import { useTenants } from '../../../app/tenants-context.tsx'
import { TenantScope, useTenant } from '../../../tenant/context.tsx'
import { credentialsQuery, refreshVault } from '../../../tenant/vault.ts'
import { PageButton } from '../../../ui/page.tsx'
import { Tried } from '../../vault/tried.tsx'
import forms from './fields.module.css'
import type { StepDefinition, StepFormProps } from '../step.ts'
import { ConnectionEditor, newConnection, type Adding } from './connection-editor.tsx'
import classes from './connect.module.css'

/** Never a secret: drafts lie in the console's own file, and answers in the cloud. */
interface Draft {
  connections: Connection[]
  adding: Adding
}

/** The credentials for the client's systems, each tried out where it is. */
export const connectStep: StepDefinition<Draft> = {
  action: 'Go on with these',
  begin: (_context, answer) => ({
    connections: (answer as ConnectAnswer | null | undefined)?.connections ?? [],
    adding: newConnection,
  }),
  missing: ({ adding }) =>
    adding.name.trim() === '' && adding.url.trim() === ''
      ? null
      : `${adding.name.trim() || 'What you typed'} is not kept yet. Keep it, or empty its fields.`,
  answer: ({ connections }) => ({ connections }),
  Form: ConnectForm,
}

function ConnectForm(props: StepFormProps<Draft>) {
  const { view, clients } = props.context
  const tenants = useTenants()
  const summary = view ? clients.get(view.tenantId) : undefined
  if (!view || !summary)
    return (
      <p className={forms.warning}>
        {view?.steps.identity.state === 'done'
          ? 'You do not work for this client yet, or it is still on its way here, so its vault is not on this computer. Go on, and connect it later.'
          : 'Its vault is made once the step Identity is done.'}
      </p>
    )
  return (
    <TenantScope tenant={tenants.get(view.tenantId)} summary={summary}>
      <Connections {...props} />
    </TenantScope>
  )
}

function Connections({ draft, change }: StepFormProps<Draft>) {
  const tenant = useTenant()
  const { data: credentials } = useQuery(credentialsQuery(tenant, '', false))
  const [busy, setBusy] = useState<string | null>(null)
  const [said, setSaid] = useState<{ name: string; text: string } | null>(null)
  // What comes back after a while belongs to what stands then.
  const latest = useRef(draft)
  const there = useRef(true)
  const editor = useRef<HTMLDivElement>(null)
  useEffect(() => {
    there.current = true
    return () => void (there.current = false)
  }, [])
  useEffect(() => void (latest.current = draft), [draft])
  const put = (next: Partial<Draft>): void => {
    if (!there.current) return
    latest.current = { ...latest.current, ...next }
    change(latest.current)
  }
  const credentialOf = (one: Connection) => credentials?.find((kept) => isOf(kept, one))
  const putTried = async (one: Connection, id: string): Promise<void> => {
    setBusy(one.name)
    setSaid(null)
    try {
      const tried = await tenant.client.connections.tryOut.mutate({ id })
      const { connections } = latest.current
      put({ connections: connections.map((other) => (other.name === one.name ? { ...other, tried } : other)) })
    } catch (error) {
      setSaid({ name: one.name, text: problemFrom(error).message })
    } finally {
      setBusy(null)
    }
  }
  const keep = async (adding: Adding, secret: string): Promise<string | null> => {
    const { name, url, as, header, username } = adding
    const one: Connection = { name: name.trim(), url: url.trim(), as: as === 'header' ? { header: header.trim() } : as }
    const others = latest.current.connections.filter((other) => other.name.toLowerCase() !== one.name.toLowerCase())
    try {
      const known = credentials?.find((kept) => isOf(kept, one))
      const facts = { name: one.name, url: one.url, header: as === 'header' ? header.trim() : null }
      const { vault } = tenant.client
      const basic = as === 'basic'
      const secrets = basic ? { password: secret } : { token: secret }
      const kind = basic ? 'login' : 'api-token'
      const saved =
        known?.kind === kind
          ? await vault.edit.mutate({
              id: known.id,
              patch: { facts: { ...facts, ...(basic && { username }) }, secrets },
            })
          : await vault.create.mutate({ ...facts, username: basic ? username.trim() : null, kind, secrets })
      await refreshVault(tenant)
      put({ connections: [...others, one], adding: newConnection })
      await putTried(one, saved.id)
      return null
    } catch (error) {
      return problemFrom(error).message
    }
  }
  const remove = async (one: Connection): Promise<void> => {
    setSaid(null)
    const kept = credentialOf(one)
    try {
      if (kept) await tenant.client.vault.remove.mutate({ id: kept.id })
      await refreshVault(tenant)
      put({ connections: latest.current.connections.filter(({ name }) => name !== one.name) })
    } catch (error) {
      setSaid({ name: one.name, text: problemFrom(error).message })
    }
  }
  const tryAll = async (): Promise<void> => {
    for (const one of latest.current.connections) {
      const kept = credentialOf(one)
      if (kept) await putTried(one, kept.id)
    }
  }
  const focusEditor = (): void => editor.current?.querySelector('input')?.focus()
  const { connections } = draft
  useCommands([
    {
      ...{ id: 'onboarding-connection-new', title: 'Add a connection', group: 'Clients' as const },
      ...{ keys: ['a'], run: focusEditor },
    },
    ...(connections.length > 0
      ? [
          {
            ...{ id: 'onboarding-connections-try', title: 'Try all connections out', group: 'Clients' as const },
            ...{ keys: ['t'], run: () => void tryAll() },
          },
        ]
      : []),
  ])
  return (
    <>
      {connections.length > 0 && (
        <ul className={classes.list} aria-label="Connections">
          {connections.map((one) => {
            const kept = credentialOf(one)
            return (
              <li key={one.name} aria-busy={busy === one.name || undefined}>
                <div>
                  <b>{one.name}</b>
                  <span>{one.url}</span>
                  <span>{wayText(one.as)}</span>
                </div>
                <div className={classes.acts}>
                  {kept ? (
                    <PageButton disabled={busy !== null} onClick={() => void putTried(one, kept.id)}>
                      {busy === one.name ? 'Trying…' : one.tried ? 'Try again' : 'Try it out'}
                    </PageButton>
                  ) : (
                    <PageButton
                      onClick={() => {
                        put({ adding: addingOf(one) })
                        focusEditor()
                      }}
                    >
                      Enter its secret
                    </PageButton>
                  )}
                  <button
                    type="button"
                    className={classes.remove}
                    aria-label={`Remove ${one.name}`}
                    title="Its credential can be brought back in the vault"
                    onClick={() => void remove(one)}
                  >
                    <IconTrash size={15} stroke={1.7} />
                  </button>
                </div>
                <div className={classes.outcome}>
                  {said?.name === one.name ? (
                    <p className={classes.bad} role="alert">
                      {said.text}
                    </p>
                  ) : one.tried ? (
                    <Tried tried={one.tried} />
                  ) : (
                    <p className={forms.hint}>
                      {kept ? 'Not tried out yet.' : 'Its secret is not in the vault on this computer.'}
                    </p>
                  )}
                </div>
              </li>
            )
          })}
        </ul>
      )}
      <div ref={editor}>
        <ConnectionEditor
          adding={draft.adding}
          onChange={(adding) => put({ adding })}
          busy={busy !== null}
          onKeep={keep}
        />
      </div>
    </>
  )
}

function isOf(kept: CredentialView, { name, url }: Connection): boolean {
  return kept.name === name && kept.url === url
}

function wayText(as: Connection['as']): string {
  if (typeof as === 'object') return `Key in ${as.header}`
  return as === 'basic' ? 'User and password' : 'Bearer token'
}

function addingOf({ name, url, as }: Connection): Adding {
  const header = typeof as === 'object' ? as.header : newConnection.header
  return { name, url, as: typeof as === 'object' ? 'header' : as, header, username: '' }
}
