import { IconPlus } from '@tabler/icons-react'
import { useRef } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { forget, tryAgain, upload, type Upload } from '../../tenant/uploads.ts'
import { bytes } from '../../ui/bytes.ts'
import { useStore } from '../../ui/store.ts'
import { FileRow } from './file-row.tsx'
import { FileLine } from './file-line.tsx'
import classes from './files.module.css'
import ticketClasses from './ticket.module.css'

/** The files of a ticket: those on their way from here, and those that it has, with where their content is. */
export function Files({ detail: { ticket, attachments } }: { detail: TicketDetail }) {
  const tenant = useTenant()
  const { attachments: policy } = useDesk()
  const uploads = useStore(tenant.memory.uploads).filter(({ ticketId }) => ticketId === ticket.id)
  const picker = useRef<HTMLInputElement>(null)
  const pick = (): void => picker.current?.click()
  useCommands([{ id: 'attach', title: 'Attach files', group: 'Ticket', keys: ['f'], run: pick }])
  return (
    <section className={ticketClasses.group} aria-label="Files">
      <header className={classes.head}>
        <h3>Files</h3>
        <button
          className={classes.tool}
          aria-label="Attach files"
          title={`Attach files (f). At most ${bytes(policy.maxBytes)} each.`}
          onClick={pick}
        >
          <IconPlus size={14} />
        </button>
      </header>
      {attachments.length + uploads.length === 0 && (
        <p className={ticketClasses.quiet}>None. Drop or paste them anywhere on the ticket.</p>
      )}
      <ul className={classes.list}>
        {attachments.map((file) => (
          <FileRow key={file.id} file={file} />
        ))}
        {uploads.map((one) => (
          <UploadRow key={one.key} upload={one} />
        ))}
      </ul>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files for the ticket"
        onChange={(event) => {
          upload(tenant, ticket.id, null, [...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </section>
  )
}

/** A file that is on its way to the compartment, or that it did not take. */
function UploadRow({ upload: one }: { upload: Upload }) {
  const tenant = useTenant()
  const { file, sentBytes, problem, key } = one
  return (
    <FileLine
      name={file.name}
      size={file.size}
      share={problem ? null : sentBytes / Math.max(1, file.size)}
      state={problem ? problem.message : 'reading'}
      bad={problem !== null}
      actions={[
        ...(problem?.retry ? [{ label: 'Try again', run: () => tryAgain(tenant, one) }] : []),
        { label: problem ? 'Dismiss' : 'Cancel', run: () => forget(tenant, key) },
      ]}
    />
  )
}
