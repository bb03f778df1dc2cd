import { useEffect, useState } from 'react'
import type { AttachmentView } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useTenant } from '../../tenant/context.tsx'
import { asPicture, contentOf, maybePicture, save } from '../../tenant/downloads.ts'
import { applyDetail } from '../../tenant/edits.ts'
import { FileLine } from './file-line.tsx'
import classes from './files.module.css'
import { useAct } from './use-act.ts'

/** A file of the ticket: shown where it is a picture, saved to the person's downloads by a click. */
export function FileRow({ file }: { file: AttachmentView }) {
  const tenant = useTenant()
  const act = useAct()
  const picture = usePicture(file)
  const [loading, setLoading] = useState<number | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const { id, name, size, upload, available, here } = file
  const fetch = async (): Promise<void> => {
    if (loading !== null) return
    setProblem(null)
    setLoading(0)
    try {
      save(await contentOf(tenant, file, (done, all) => setLoading(done / Math.max(1, all))), name)
    } catch (error) {
      setProblem(problemFrom(error).message)
    } finally {
      setLoading(null)
    }
  }
  const { retry, cancel } = tenant.client.attachments
  const change = (procedure: typeof retry): void =>
    void act(`${name} stays as it is.`, async () => applyDetail(tenant.queries, await procedure.mutate({ id })))
  const sent = upload ? upload.sentBytes / Math.max(1, size) : 0
  const state = problem
    ? problem
    : loading !== null
      ? `fetching ${percent(loading)}`
      : upload === null
        ? available || here
          ? ''
          : 'not yet in the cloud'
        : upload.state === 'failed'
          ? (upload.problem?.message ?? 'could not be sent')
          : upload.state === 'sending'
            ? `sending ${percent(sent)}`
            : 'waits for the cloud'
  return (
    <FileLine
      name={name}
      size={size}
      preview={picture && <img className={classes.picture} src={picture} alt={name} />}
      share={loading ?? (upload?.state === 'sending' ? sent : null)}
      state={state}
      bad={problem !== null || upload?.state === 'failed'}
      pending={file.pending}
      onOpen={available || here ? () => void fetch() : undefined}
      actions={
        upload === null
          ? []
          : [
              ...(upload.state === 'failed' ? [{ label: 'Try again', run: () => change(retry) }] : []),
              { label: 'Cancel', run: () => change(cancel) },
            ]
      }
    />
  )
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** The address of a file's picture while it is on screen, where it is one. */
function usePicture(file: AttachmentView): string | null {
  const tenant = useTenant()
  const [url, setUrl] = useState<string | null>(null)
  const { sha256 } = file
  const shown = maybePicture(file)
  useEffect(() => {
    if (!shown) return
    const abort = new AbortController()
    let made: string | null = null
    const load = async (): Promise<void> => {
      const picture = await asPicture(await contentOf(tenant, file, () => undefined, abort.signal))
      if (!picture || abort.signal.aborted) return
      made = URL.createObjectURL(picture)
      setUrl(made)
    }
    load().catch(() => undefined)
    return () => {
      abort.abort()
      if (made) URL.revokeObjectURL(made)
      setUrl(null)
    }
    // The content says which picture it is; everything else about the file may change.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [tenant, sha256, shown])
  return url
}
