import { useRef, useState } from 'react'
import { MAX_IMPORT, type ImportPreview } from '../../../src-shared/domain/vault.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { refreshVault } from '../../tenant/vault.ts'
import { Form, useForm } from '../../ui/form.tsx'
import { PageButton } from '../../ui/page.tsx'
import { Tile } from '../../ui/tile.tsx'
import { KINDS } from './words.ts'
import classes from './vault.module.css'

/** Takes credentials from the export of a password manager: shows first what would come of each row. */
export function ImportForm({ onDone, onCancel }: { onDone(said: string): void; onCancel(): void }) {
  const tenant = useTenant()
  const { initials, colour, logo, name } = useIdentity()
  const form = useForm()
  const picker = useRef<HTMLInputElement>(null)
  // Full of secrets: it lives here only, and goes with this form.
  const [csv, setCsv] = useState('')
  const [preview, setPreview] = useState<ImportPreview | null>(null)
  const [skip, setSkip] = useState<ReadonlySet<number>>(new Set())
  const look = (file: File | undefined): void =>
    void form.run(async () => {
      if (!file) return
      const text = await file.slice(0, MAX_IMPORT * 4).text()
      setPreview(await tenant.client.vault.importPreview.mutate({ csv: text }))
      setCsv(text)
      setSkip(new Set())
    })
  const added = preview?.rows.filter(({ act, line }) => act === 'add' && !skip.has(line)).length ?? 0
  const take = async (): Promise<void> => {
    let said = ''
    const done = await form.run(async () => {
      const result = await tenant.client.vault.import.mutate({ csv, skip: [...skip] })
      await refreshVault(tenant)
      said = `${result.added} added, ${result.same} were here already, ${result.skipped} left out, ${result.bad.length} could not be taken. Delete the export now.`
    })
    if (done) onDone(said)
  }
  return (
    <section className={classes.editor} aria-label="Import credentials">
      <p className={classes.for}>
        <Tile initials={initials} colour={colour} logo={logo} size={18} /> Import credentials into <b>{name}</b>
      </p>
      <Form
        label="Import"
        state={form}
        action={added > 0 ? `Import ${added}` : 'Import'}
        ready={added > 0}
        onSubmit={() => void take()}
        onCancel={onCancel}
      >
        <p className={classes.hint}>
          A CSV export of Bitwarden, 1Password, KeePass, LastPass, Chrome, Edge, Firefox or any with such columns.
          Nothing is written before you have seen what would come of it.
        </p>
        <div>
          <PageButton onClick={() => picker.current?.click()}>Choose the export…</PageButton>
        </div>
        <input
          ref={picker}
          type="file"
          accept=".csv,text/csv"
          hidden
          aria-label="Export"
          onChange={(event) => look(event.target.files?.[0])}
        />
      </Form>
      {preview && (
        <div className={classes.preview}>
          <p className={classes.hint} role="status">
            {preview.format}: {preview.rows.length + preview.bad.length} rows
          </p>
          <table>
            <thead>
              <tr>
                <th>Line</th>
                <th>Name</th>
                <th>Kind</th>
                <th>User name</th>
                <th>What happens</th>
              </tr>
            </thead>
            <tbody>
              {preview.bad.map(({ line, reason }) => (
                <tr key={line} data-bad>
                  <td>{line}</td>
                  <td colSpan={3}>{reason}</td>
                  <td>Cannot be taken</td>
                </tr>
              ))}
              {preview.rows.map((row) => (
                <tr key={row.line} data-out={row.act !== 'add' || skip.has(row.line) || undefined}>
                  <td>{row.line}</td>
                  <td>{row.name}</td>
                  <td>{KINDS[row.kind]}</td>
                  <td>{row.username}</td>
                  <td>
                    {row.act === 'same' ? (
                      'Here already'
                    ) : (
                      <label>
                        <input
                          type="checkbox"
                          checked={!skip.has(row.line)}
                          onChange={(event) => {
                            const next = new Set(skip)
                            if (event.target.checked) next.delete(row.line)
                            else next.add(row.line)
                            setSkip(next)
                          }}
                        />{' '}
                        Add
                      </label>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
