import { useEffect, useRef, useState } from 'react'
import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { bytes } from '../../ui/bytes.ts'
import { counted } from '../../ui/counted.ts'
import { useForm } from '../../ui/form.tsx'
import { PageButton } from '../../ui/page.tsx'
import { useStore } from '../../ui/store.ts'
import classes from './offboarding.module.css'
import { savedHere, saveExport } from './take.ts'

interface ExportStepProps {
  view: OffboardingView
  online: boolean
  /** The files are being listed anew; without a view it has to be looked at again. */
  onListed(view?: OffboardingView): void
}

/** The files of an export, and the archive of them for the downloads. */
export function ExportStep({ view: { id, state, files, manifestSha256 }, online, onListed }: ExportStepProps) {
  const console = useConsole()
  const form = useForm()
  const [part, setPart] = useState<number | null>(null)
  const stop = useRef(new AbortController())
  useEffect(() => {
    stop.current = new AbortController()
    return () => stop.current.abort()
  }, [])
  const saved = useStore(savedHere).get(manifestSha256 ?? '')
  const save = (): void => {
    if (!online) return
    setPart(0)
    void form
      .run(async () => {
        const one = await saveExport(console, id, setPart, stop.current.signal)
        savedHere.set(new Map(savedHere.get()).set(manifestSha256 ?? '', one))
      })
      .then((done) => {
        setPart(null)
        // A file that is not what the list says: a colleague may have had them listed anew.
        if (!done) onListed()
      })
  }
  const again = (): void =>
    void form.run(async () => onListed(await console.client.offboarding.listAgain.mutate({ id })))
  useCommands([{ id: 'offboarding-save', title: 'Save the export', group: 'Clients', keys: ['s'], run: save }])
  const total = files.reduce((sum, one) => sum + one.bytes, 0)
  return (
    <>
      <div className={classes.buttons}>
        <PageButton primary={!saved} shortcut="s" disabled={!online || form.busy} onClick={save}>
          {saved ? 'Save it again' : 'Save the export'}
        </PageButton>
        {form.problem && state === 'exported' && (
          <PageButton disabled={!online || form.busy} onClick={again}>
            List the files anew
          </PageButton>
        )}
        <span className={classes.quiet}>
          {counted(files.length, 'file')}, {bytes(total)}
        </span>
        {part !== null && (
          <>
            <progress max={1} value={part} aria-label="Saved so far" />
            <span className={classes.quiet}>{Math.floor(part * 100)} %</span>
          </>
        )}
      </div>
      {form.problem && (
        <p className={classes.bad} role="alert">
          {form.problem.message}
        </p>
      )}
      {saved && (
        <p className={classes.said} role="status" data-testid="offboarding-saved">
          {saved.name} is in your downloads; each of its files was checked. Its SHA-256:
          <code>{saved.sha256}</code>
        </p>
      )}
      <details className={classes.files}>
        <summary>What is in it</summary>
        <table>
          <thead>
            <tr>
              <th>File</th>
              <th>Rows</th>
              <th>Size</th>
              <th>SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={file.name}>
                <td>{file.name}</td>
                <td>{file.rows?.toLocaleString('en')}</td>
                <td>{bytes(file.bytes)}</td>
                <td>
                  <code title={file.sha256}>{file.sha256.slice(0, 16)}…</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className={classes.quiet}>
          The digest of this list, which is in the proof: <code>{manifestSha256}</code>
        </p>
      </details>
    </>
  )
}
