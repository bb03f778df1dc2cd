import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { ImportKind } from '../../../src-shared/protocol/import.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { keysText } from '../../app/commands/key-names.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { save } from '../../tenant/downloads.ts'
import { UnreadableFile } from '../../tenant/uploads.ts'
import { bytes } from '../../ui/bytes.ts'
import { counted } from '../../ui/counted.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { Section } from '../../ui/section.tsx'
import { dateTime } from '../../ui/time.ts'
import { Begin, Kinds } from './begin.tsx'
import classes from './import.module.css'
import { HalfSent, isWhole } from './half-sent.tsx'
import { Created, Mapping, NOTHING_SAID, type Said } from './mapping.tsx'
import { Counts, Rows } from './outcome.tsx'
import { importsQuery, runFile, sendFile, takeOver, type SeenImport } from './transfer.ts'
import { decided } from './words.tsx'

const RUN_KEYS = 'Mod+Enter'

/** Takes contacts and tickets from the files of another product: looks first, and goes on behind the window. */
export function ImportPage() {
  const { tenantId } = useParams({ strict: false })
  const tenant = useTenant()
  const { name } = useIdentity()
  const { configuration } = useDesk()
  const go = useGo()
  const picker = useRef<HTMLInputElement>(null)
  const words = useRef<HTMLTableElement>(null)
  const [kind, setKind] = useState<ImportKind>('contacts')
  const [chosen, setChosen] = useState<string | null>(null)
  const restPicker = useRef<HTMLInputElement>(null)
  const [saying, setSaying] = useState<{ id: string; said: Said } | null>(null)
  const [sending, setSending] = useState<{ name: string; size: number; sent: number } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const { data: imports, error } = useQuery(importsQuery(tenant))
  const busy = (...states: SeenImport['state'][]) => imports?.find(({ state }) => states.includes(state))
  const shown =
    imports?.find(({ id }) => id === chosen) ?? busy('running', 'paused') ?? (sending ? undefined : busy('uploading'))
  const said = (saying?.id === shown?.id ? saying?.said : (shown?.asked ?? shown?.said)) ?? NOTHING_SAID
  useArrived(tenantId ? places.import(tenantId) : null)

  const [asking, setAsking] = useState(false)
  const act = async (work: () => Promise<SeenImport>): Promise<void> => {
    setAsking(true)
    setProblem(null)
    try {
      setChosen(takeOver(tenant, await work()).id)
    } catch (failure) {
      setProblem(failure instanceof UnreadableFile ? failure.problem.message : problemFrom(failure).message)
    } finally {
      setAsking(false)
      setSending(null)
    }
  }
  const send = (file: File | undefined, rest: SeenImport | null = null): void => {
    if (!file) return
    const { size } = file
    if (rest && (file.name !== rest.name || size !== rest.size)) {
      setProblem(
        `This is ${file.name} with ${size} bytes, not ${rest.name} with ${rest.size}. Choose that, or cancel it.`,
      )
      return
    }
    setChosen(rest?.id ?? null)
    setSending({ name: file.name, size, sent: 0 })
    void act(() => sendFile(tenant, { kind, file, rest }, (sent) => setSending({ name: file.name, size, sent })))
  }
  const run = (view: SeenImport, dryRun: boolean, with_: Said): void =>
    void act(() => runFile(tenant, view, { ...with_, dryRun }))
  const steer = (id: string, how: 'pause' | 'resume' | 'cancel'): void =>
    void act(() => tenant.client.imports.steer.mutate({ id, act: how }))
  // What is said while the file is looked at is looked at next.
  const [unseen, setUnseen] = useState<string | null>(null)
  const say = (view: SeenImport, next: Said): void => {
    setSaying({ id: view.id, said: next })
    setUnseen(view.id)
  }
  const lookAgain = useEffectEvent(() => {
    if (!shown || asking || running || unseen !== shown.id) return
    setUnseen(null)
    run(shown, true, said)
  })
  useEffect(() => lookAgain(), [asking, unseen, shown?.state])
  const saveBad = ({ id, name: file }: SeenImport): void =>
    void tenant.client.imports.bad.query({ id }).then(
      (csv) => save(new Blob([csv], { type: 'text/csv;charset=utf-8' }), `${file} rows not taken.csv`),
      (failure: unknown) => setProblem(problemFrom(failure).message),
    )
  const isLooked = shown?.state === 'looked'
  const looked = isLooked && !asking && unseen === null
  const running = shown?.state === 'running' || shown?.state === 'paused'
  // It stays while it is looked at anew, so that the focus does.
  const mapped =
    isLooked || (shown && shown.columns.length > 0 && (shown.state === 'failed' || (running && shown.dryRun)))
  const half = shown?.state === 'uploading' && !sending
  const unknown = (mapped && shown?.unknown?.length) || 0
  const goToWords = (): void => words.current?.querySelector('select')?.focus()
  const take = (): void => {
    if (!shown) return
    if (half && !isWhole(shown)) restPicker.current?.click()
    else run(shown, half, decided(shown, said))
  }
  useCommands([
    {
      ...{ id: 'back', title: 'Back to the tickets', group: 'Go to', keys: ['Escape', 'u'] },
      run: () => tenantId && go(places.client(tenantId)),
    },
    {
      ...{ id: 'import-file', title: 'Choose a file to import', group: 'List', keys: ['f'] },
      run: () => picker.current?.click(),
    },
    ...(unknown > 0
      ? [
          {
            ...{ id: 'import-words', title: 'Go to the words of the file', group: 'List' as const },
            keys: ['w'],
            run: goToWords,
          },
        ]
      : []),
    ...(looked || half
      ? [
          {
            id: 'import-run',
            title: half ? `Go on with ${shown.name}` : `Import into ${name}`,
            group: 'List' as const,
            keys: [RUN_KEYS],
            run: take,
          },
        ]
      : []),
  ])
  const told = problem ?? (error ? problemFrom(error).message : null) ?? shown?.problem?.message ?? null
  return (
    <Page
      title={`Import into ${name}`}
      lead="Contacts and tickets of another product, from its CSV, Excel or JSON export. Nothing is written before you have seen what would come of it, and the same file can come again."
    >
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="File to import"
        accept=".csv,.tsv,.txt,.xlsx,.json,.jsonl"
        onChange={(event) => {
          send(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <input
        ref={restPicker}
        type="file"
        hidden
        aria-label="The same file again"
        onChange={(event) => {
          send(event.target.files?.[0], shown ?? null)
          event.target.value = ''
        }}
      />
      {told && (
        <p className={classes.problem} role="alert">
          {told}
        </p>
      )}
      {shown || sending ? (
        <div className={classes.begin}>
          <Kinds kind={kind} onKind={setKind} />
          <PageButton
            primary={!looked && !half}
            shortcut="f"
            disabled={sending !== null || running}
            onClick={() => picker.current?.click()}
          >
            Choose a file…
          </PageButton>
          {sending && (
            <span className={classes.progress} role="status">
              <progress max={sending.size} value={sending.sent} aria-label="Bytes sent" />
              {sending.name}: {bytes(sending.sent)} of {bytes(sending.size)}
            </span>
          )}
        </div>
      ) : (
        <Begin kind={kind} onKind={setKind} onChoose={() => picker.current?.click()} onFile={send} />
      )}
      {shown && (
        <Section title={`${shown.name}, ${shown.kind}`}>
          {running && (
            <div className={classes.begin} role="status">
              <span className={classes.progress}>
                <progress
                  {...(shown.rows === null ? {} : { max: shown.rows, value: shown.looked })}
                  aria-label="Rows looked at"
                />
                {shown.rows === null
                  ? 'The file is being read'
                  : `${shown.looked.toLocaleString('en')} of ${shown.rows.toLocaleString('en')} rows${shown.state === 'paused' ? ', paused' : ''}`}
              </span>
              <PageButton onClick={() => steer(shown.id, shown.state === 'paused' ? 'resume' : 'pause')}>
                {shown.state === 'paused' ? 'Go on' : 'Pause'}
              </PageButton>
              <PageButton onClick={() => steer(shown.id, 'cancel')}>End it here</PageButton>
            </div>
          )}
          {half && (
            <HalfSent
              view={shown}
              shortcut={keysText(RUN_KEYS)}
              disabled={sending !== null}
              onRest={take}
              onCancel={() => steer(shown.id, 'cancel')}
            />
          )}
          {(looked || shown.state === 'done') && <Counts view={shown} />}
          {looked && (
            <div className={classes.begin}>
              <PageButton primary shortcut={keysText(RUN_KEYS)} onClick={take}>
                Import {counted(shown.added + shown.changed, 'row')} into {name}
              </PageButton>
              {unknown > 0 && (
                <PageButton shortcut="w" onClick={goToWords}>
                  See what {unknown === 1 ? '1 word becomes' : `${unknown.toLocaleString('en')} words become`}
                </PageButton>
              )}
            </div>
          )}
          {mapped && (
            <Mapping
              view={shown}
              said={said}
              configuration={configuration}
              disabled={sending !== null}
              words={words}
              onSay={(next) => say(shown, next)}
            />
          )}
          {shown.state === 'done' && <Created view={shown} />}
          {(looked || shown.state === 'done') && <Rows view={shown} onBad={() => saveBad(shown)} />}
          {(shown.state === 'failed' || (shown.state === 'done' && shown.badRows > 0)) && (
            <div className={classes.again}>
              <PageButton onClick={() => run(shown, true, said)}>Look at it again</PageButton>
            </div>
          )}
        </Section>
      )}
      {imports && imports.length > 0 && (
        <Section title="Imports so far">
          <ul className={classes.rows}>
            {imports.map((one) => (
              <li key={one.id}>
                <button aria-current={one.id === shown?.id || undefined} onClick={() => setChosen(one.id)}>
                  <b>{one.name}</b>
                  <span>
                    {one.kind}, {STATES[one.state]}
                  </span>
                  <span>
                    {one.by}, {dateTime(one.changedAt)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  )
}

const STATES: Record<SeenImport['state'], string> = {
  ...{ uploading: 'not sent whole', running: 'going on', paused: 'paused', looked: 'looked at, not imported' },
  ...{ done: 'imported', failed: 'failed', cancelled: 'ended' },
}
