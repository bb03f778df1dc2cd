import { PasswordInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { MAX_RECOVERY_FILE, type RecoveryResult } from '../../../src-shared/domain/keys.ts'
import { useConsole } from '../../app/console/context.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { useStore } from '../../ui/store.ts'
import { PageButton } from '../../ui/page.tsx'
import classes from '../../ui/section.module.css'
import { isPassphrase, NewPassphrase, NOTHING_TYPED } from './new-passphrase.tsx'

interface RecoveryImportProps {
  /** A client whose files do not open with its key: the file's takes its place. */
  tenantId?: string
  bare?: boolean
  onDone(result: RecoveryResult): void
  onCancel?: () => void
}

/** Takes keys from a recovery file: says first what would come of it, then does it. */
export function RecoveryImport({ tenantId, bare, onDone, onCancel }: RecoveryImportProps) {
  const { client, session } = useConsole()
  const isOpen = useStore(session)?.state === 'open'
  const form = useForm()
  const picker = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<{ name: string; text: string } | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [next, setNext] = useState(NOTHING_TYPED)
  const [found, setFound] = useState<RecoveryResult | null>(null)
  // Where the profile does not open, the file opens it, also without a client in it.
  const needless = isOpen && found?.restored === 0
  // Without a keychain the restored keys are sealed with a new passphrase; the host says when.
  const sealing = form.problem?.code === 'passphrase-needed' || next.first !== ''
  const read = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return
    setFound(null)
    const text = chosen.size > MAX_RECOVERY_FILE ? '' : await chosen.text()
    setFile({ name: chosen.name, text })
  }
  const ask = async (dryRun: boolean): Promise<void> => {
    if (!file) return
    const newPassphrase = sealing && isPassphrase(next) ? next.first : undefined
    const input = { file: file.text, passphrase, dryRun, newPassphrase, tenantId }
    await form.run(async () => {
      const result = await client.keys.importRecovery.mutate(input)
      if (dryRun) setFound(result)
      else onDone(result)
    })
  }
  return (
    <Form
      label="Restore keys from a recovery file"
      state={form}
      action={found && !needless ? 'Restore' : 'Look into the file'}
      ready={file !== null && passphrase !== '' && !needless && (!sealing || isPassphrase(next))}
      onSubmit={() => void ask(found === null)}
      {...(bare ? { bare } : {})}
      {...(onCancel ? { onCancel } : {})}
    >
      <div className={classes.actions} style={{ alignItems: 'center' }}>
        <PageButton onClick={() => picker.current?.click()}>Choose the recovery file…</PageButton>
        <span className={classes.hint}>{file?.name ?? 'bulkhead-recovery-….json'}</span>
      </div>
      <input
        ref={picker}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Recovery file"
        onChange={(event) => void read(event.target.files?.[0])}
      />
      <PasswordInput
        label="Passphrase of the file"
        autoComplete="off"
        value={passphrase}
        onChange={(event) => {
          setPassphrase(event.currentTarget.value)
          setFound(null)
        }}
      />
      {found && (
        <p className={classes.hint} role="status">
          {plan(found)}
        </p>
      )}
      {found && sealing && (
        <NewPassphrase label="New passphrase for this computer" value={next} autoFocus onChange={setNext} />
      )}
    </Form>
  )
}

/** What an import would do. */
function plan({ restored, same, missing }: RecoveryResult): string {
  const first = restored === 0 ? 'Nothing here needs a key of this file' : `${keys(restored)} to be restored`
  return sentence(first, { same, missing })
}

/** What an import has done. */
export function outcome({ restored, same, missing }: RecoveryResult): string {
  if (restored === 0) return sentence('No key was restored', { same, missing })
  return sentence(
    restored === 1 ? 'The key of 1 client was restored' : `The keys of ${restored} clients were restored`,
    {
      same,
      missing,
    },
  )
}

function sentence(first: string, { same, missing }: { same: number; missing: number }): string {
  const parts = [
    first,
    ...(same > 0 ? [`${lower(keys(same))} the same here already`] : []),
    ...(missing > 0 ? [`${lower(keys(missing))} not in this file`] : []),
  ]
  return `${parts.join('; ')}.`
}

function keys(count: number): string {
  return count === 1 ? 'The key of 1 client is' : `The keys of ${count} clients are`
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
