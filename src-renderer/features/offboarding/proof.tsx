import { fileNameOf } from '../../../src-shared/domain/file-name.ts'
import type { DeletionProof } from '../../../src-shared/protocol/offboarding.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { save } from '../../tenant/downloads.ts'
import { bytes } from '../../ui/bytes.ts'
import { counted } from '../../ui/counted.ts'
import { PageButton } from '../../ui/page.tsx'
import { dateTime } from '../../ui/time.ts'
import classes from './offboarding.module.css'

/** What the cloud signed: that nothing of a client is left, and what was exported of it. */
export function Proof({ proof }: { proof: DeletionProof }) {
  const tables = Object.entries(proof.remaining)
  const left = tables.reduce((sum, [, rows]) => sum + rows, 0)
  const keep = (): void =>
    save(
      new Blob([`${JSON.stringify(proof, null, 2)}\n`], { type: 'application/json' }),
      `${fileNameOf(proof.client)}-deletion.json`,
    )
  useCommands([{ id: 'offboarding-proof', title: 'Save the proof', group: 'Clients', keys: ['s'], run: keep }])
  return (
    <>
      <dl className={classes.proof} data-testid="offboarding-proof">
        <Fact name="Left of it">
          {counted(left, 'row')} in {counted(tables.length, 'table')}
        </Fact>
        <Fact name="Deleted">{dateTime(proof.deletedAt)}</Fact>
        <Fact name="By">
          {proof.confirmedBy}, of {proof.organisation}
        </Fact>
        <Fact name="Why">{proof.reason}</Fact>
        <Fact name="Exported">
          {counted(proof.export.files, 'file')}, {bytes(proof.export.bytes)}
        </Fact>
        <Fact name="Their list">
          <code>{proof.export.manifestSha256}</code>
        </Fact>
        <Fact name="Signature">
          <code>{proof.signature}</code>
        </Fact>
      </dl>
      <details className={classes.files}>
        <summary>Table by table</summary>
        <p className={classes.tables}>
          {tables.map(([name, rows]) => (
            <span key={name}>
              {name} <b>{rows.toLocaleString('en')}</b>
            </span>
          ))}
        </p>
      </details>
      <div className={classes.buttons}>
        <PageButton primary shortcut="s" onClick={keep}>
          Save the proof
        </PageButton>
        <span className={classes.quiet}>What this machine still has of it is decided about on the clients page.</span>
      </div>
    </>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
