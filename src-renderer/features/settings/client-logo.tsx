import { useState } from 'react'
import { problemFrom } from '../../app/channel/link.ts'
import { useConsole, useIsAdministrator } from '../../app/console/context.tsx'
import { useIdentity } from '../../tenant/context.tsx'
import { LogoField } from '../onboarding/steps/logo-field.tsx'
import classes from './settings.module.css'

/** The client's logo. It is of the client itself and in no layer: it is saved as soon as it is chosen. */
export function ClientLogo() {
  const { client } = useConsole()
  const { id, name, colour, logo = '' } = useIdentity()
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null)
  const may = useIsAdministrator()
  const give = async (next: string): Promise<void> => {
    setSaid(null)
    try {
      await client.clients.giveLogo.mutate({ tenantId: id, logo: next || null })
      setSaid({
        text: next ? 'Saved. Everybody who works here sees it.' : 'Taken away: its initials stand again.',
        bad: false,
      })
    } catch (failure) {
      setSaid({ text: problemFrom(failure).message, bad: true })
    }
  }
  return (
    <>
      <header>
        <h3>Logo</h3>
        <p>It stands with the client’s colour wherever its initials would, also offline.</p>
        <p className={classes.origin}>
          {may ? 'It is saved as soon as you choose it.' : 'Administrators of your organisation change it.'}
        </p>
      </header>
      <div className={`${classes.editor} ${classes.bare}`}>
        <LogoField {...{ name, colour, logo }} disabled={!may} onChange={(next) => void give(next)} />
        {said && (
          <p role={said.bad ? 'alert' : 'status'} className={said.bad ? classes.bad : undefined}>
            {said.text}
          </p>
        )}
      </div>
    </>
  )
}
