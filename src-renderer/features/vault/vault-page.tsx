import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { CredentialView } from '../../../src-shared/domain/vault.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { credentialsQuery, refreshVault, vaultPolicyQuery } from '../../tenant/vault.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { EmptyNotice, ProblemNotice } from '../../ui/problem-notice.tsx'
import { useAct } from '../ticket/use-act.ts'
import { forgetCopied } from './clipboard.ts'
import { CredentialDetail } from './credential-detail.tsx'
import { CredentialForm } from './credential-form.tsx'
import { ImportForm } from './import-form.tsx'
import classes from './vault.module.css'
import { DUE, hostText, KINDS } from './words.ts'

type Doing = { what: 'list' } | { what: 'import' } | { what: 'new' } | { what: 'edit'; credential: CredentialView }

const LIST: Doing = { what: 'list' }

/** The credentials of one client: found by name, opened one at a time, their secrets shown only on a key press. */
export function VaultPage() {
  const { tenantId } = useParams({ strict: false })
  const tenant = useTenant()
  const { name } = useIdentity()
  const go = useGo()
  const act = useAct()
  const undo = useUndo()
  const field = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [removed, setRemoved] = useState(false)
  const [at, setAt] = useState(0)
  const [openId, setOpenId] = useState<string | null>(null)
  const [doing, setDoing] = useState<Doing>(LIST)
  const [said, setSaid] = useState('')
  const { data, error } = useQuery(credentialsQuery(tenant, text.trim(), removed))
  const { data: policy } = useQuery(vaultPolicyQuery(tenant))
  useArrived(tenantId && (data || error) ? places.vault(tenantId) : null)
  useEffect(() => forgetCopied, [])
  const list = data ?? []
  const active = Math.min(at, list.length - 1)
  const listing = doing.what === 'list'
  const move = (by: number): void => setAt(Math.max(0, Math.min(active + by, list.length - 1)))
  const toggle = (): void => {
    const one = list[active]
    if (one) setOpenId(openId === one.id ? null : one.id)
  }
  const start = (next: Doing): void => {
    setSaid('')
    setDoing(next)
  }
  const bringBack = ({ id, name: called, version }: CredentialView): Promise<boolean> =>
    act(`${called} is not back.`, async () => {
      await tenant.client.vault.restore.mutate({ id, version })
      await refreshVault(tenant)
    })
  const remove = async (one: CredentialView): Promise<void> => {
    const done = await act(`${one.name} was not removed.`, async () => {
      await tenant.client.vault.remove.mutate({ id: one.id })
      await refreshVault(tenant)
    })
    if (!done) return
    setOpenId(null)
    undo.offer(`${one.name} removed`, () => void bringBack(one))
  }
  const back = (): void => {
    if (!listing) setDoing(LIST)
    else if (openId) setOpenId(null)
    else if (text !== '') setText('')
    else if (tenantId) go(places.client(tenantId))
  }
  useCommands([
    { id: 'back', title: 'Back', group: 'Go to', keys: ['Escape'], run: back },
    ...(listing
      ? [
          {
            id: 'vault-next',
            title: 'Next credential',
            group: 'List' as const,
            keys: ['j', 'ArrowDown'],
            run: () => move(1),
          },
          {
            id: 'vault-previous',
            title: 'Previous credential',
            group: 'List' as const,
            keys: ['k', 'ArrowUp'],
            run: () => move(-1),
          },
          {
            id: 'vault-open',
            title: 'Open or close the credential',
            group: 'List' as const,
            keys: ['Enter'],
            run: toggle,
          },
          {
            id: 'vault-search',
            title: 'Search credentials by name',
            group: 'List' as const,
            keys: ['/'],
            run: () => field.current?.focus(),
          },
          {
            id: 'vault-new',
            title: 'New credential',
            group: 'List' as const,
            keys: ['n'],
            run: () => start({ what: 'new' }),
          },
          {
            id: 'vault-import',
            title: 'Import credentials',
            group: 'List' as const,
            keys: ['i'],
            run: () => start({ what: 'import' }),
          },
        ]
      : []),
  ])
  if (error) return <ProblemNotice title="The credentials cannot be shown" text={problemFrom(error).message} />
  const inField = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') event.currentTarget.blur()
    else if (event.key === 'Escape') back()
    else return
    event.preventDefault()
  }
  return (
    <Page
      title={`Credentials of ${name}`}
      lead="On this computer only, each sealed on its own. Every look is recorded before it happens."
      actions={
        <div className={classes.acts}>
          <PageButton shortcut="i" onClick={() => start({ what: 'import' })}>
            Import
          </PageButton>
          <PageButton primary shortcut="n" onClick={() => start({ what: 'new' })}>
            New
          </PageButton>
        </div>
      }
    >
      <p className={classes.said} role="status">
        {said}
      </p>
      {doing.what === 'import' && (
        <ImportForm
          onCancel={() => setDoing(LIST)}
          onDone={(result) => {
            setDoing(LIST)
            setSaid(result)
          }}
        />
      )}
      {(doing.what === 'new' || doing.what === 'edit') && (
        <CredentialForm
          credential={doing.what === 'edit' ? doing.credential : null}
          onCancel={() => setDoing(LIST)}
          onDone={(id) => {
            setDoing(LIST)
            setOpenId(id)
            setSaid('Saved.')
          }}
        />
      )}
      {listing && (
        <>
          <div className={classes.bar}>
            <input
              ref={field}
              className={classes.search}
              type="search"
              aria-label="Search credentials by name"
              placeholder="Search by name  /"
              value={text}
              onChange={(event) => {
                setText(event.target.value)
                setAt(0)
              }}
              onKeyDown={inField}
            />
            <button className={classes.toggle} aria-pressed={removed} onClick={() => setRemoved(!removed)}>
              Removed
            </button>
          </div>
          <ul className={classes.list} aria-label="Credentials">
            {list.map((one, index) => (
              <li key={one.id} data-active={index === active || undefined} data-open={one.id === openId || undefined}>
                <button
                  className={classes.row}
                  aria-expanded={one.id === openId}
                  onClick={() => {
                    setAt(index)
                    setOpenId(one.id === openId ? null : one.id)
                  }}
                >
                  <b>{one.name}</b>
                  <span>{one.username}</span>
                  <span>{hostText(one.url)}</span>
                  <span>{KINDS[one.kind]}</span>
                  <span className={classes.due} data-due={one.due}>
                    {DUE[one.due]}
                  </span>
                </button>
                {one.id === openId &&
                  (removed ? (
                    <div className={classes.detail}>
                      <PageButton onClick={() => void bringBack(one)}>Bring back</PageButton>
                    </div>
                  ) : (
                    <CredentialDetail
                      credential={one}
                      reasonNeeded={policy?.reasonNeeded ?? true}
                      onEdit={() => start({ what: 'edit', credential: one })}
                      onRemove={() => void remove(one)}
                    />
                  ))}
              </li>
            ))}
          </ul>
          {data && list.length === 0 && (
            <EmptyNotice
              icon={<IconKey size={26} stroke={1.5} />}
              title={
                text !== '' ? 'No credential goes by that name' : removed ? 'Nothing was removed' : 'No credentials yet'
              }
              text={
                text !== ''
                  ? 'Search looks at names only.'
                  : removed
                    ? 'What is removed can be brought back from here for a while.'
                    : 'Press n to keep the first one, or i to import an export. They stay on this computer and go to no cloud: save a recovery file, and back up the profile.'
              }
            />
          )}
        </>
      )}
    </Page>
  )
}
