import { useQuery } from '@tanstack/react-query'
import type { CredentialView } from '../../../src-shared/domain/vault.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { refreshVault, versionsQuery } from '../../tenant/vault.ts'
import { PageButton } from '../../ui/page.tsx'
import { dateTime } from '../../ui/time.ts'
import { useAct } from '../ticket/use-act.ts'
import classes from './vault.module.css'
import { FIELDS } from './words.ts'

/** The versions of a credential, newest first; an earlier one can be made the newest. */
export function CredentialHistory({ credential }: { credential: CredentialView }) {
  const { id, name, version } = credential
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const { data = [] } = useQuery(versionsQuery(tenant, id, version))
  const back = (to: number): Promise<boolean> =>
    act(`${name} is as it was.`, async () => {
      await tenant.client.vault.restore.mutate({ id, version: to })
      await refreshVault(tenant)
    })
  const restore = async (to: number): Promise<void> => {
    if (await back(to)) undo.offer(`${name}: version ${to} is back`, () => void back(version))
  }
  return (
    <ol className={classes.history} aria-label={`Versions of ${name}`}>
      {[...data]
        .sort((a, b) => b.version - a.version)
        .map((one) => (
          <li key={one.version}>
            <span>{one.version}</span>
            <span>
              {dateTime(one.at)}, {one.by}
            </span>
            <span>
              {one.changed.map((field) => (field in FIELDS ? FIELDS[field as keyof typeof FIELDS] : field)).join(', ')}
            </span>
            {one.version === version ? (
              <span>The one of now</span>
            ) : (
              <PageButton onClick={() => void restore(one.version)}>Bring back</PageButton>
            )}
          </li>
        ))}
    </ol>
  )
}
