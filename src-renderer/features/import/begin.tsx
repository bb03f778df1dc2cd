import { IconFileImport } from '@tabler/icons-react'
import { Fragment, useId } from 'react'
import {
  importFields,
  MAX_IMPORT_BYTES,
  MAX_IMPORT_ROWS,
  type ImportKind,
} from '../../../src-shared/protocol/import.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { bytes } from '../../ui/bytes.ts'
import cards from '../../ui/cards.module.css'
import { PageButton } from '../../ui/page.tsx'
import { FileDrop } from '../ticket/file-drop.tsx'
import { fieldWord } from './columns.tsx'
import classes from './begin.module.css'

interface KindProps {
  kind: ImportKind
  onKind(kind: ImportKind): void
}

const KINDS: readonly [kind: ImportKind, label: string, about: string][] = [
  ['contacts', 'Contacts', 'Who writes tickets. They come first, so that tickets find their requesters.'],
  ['tickets', 'Tickets', 'Open and closed ones. Their words for status and priority become this client’s.'],
]

/** What the rows of a file are. @param about also in words */
export function Kinds({ kind, onKind, about = false }: KindProps & { about?: boolean }) {
  const id = useId()
  return (
    <div role="radiogroup" aria-label="What the rows are" className={about ? cards.cards : classes.kinds}>
      {KINDS.map(([one, label, text]) => (
        <label key={one} className={about ? cards.card : undefined}>
          <input
            type="radio"
            name="kind"
            aria-labelledby={`${id}-${one}`}
            aria-describedby={about ? `${id}-${one}-about` : undefined}
            checked={kind === one}
            onChange={() => onKind(one)}
          />
          <b id={`${id}-${one}`}>{label}</b>
          {about && <span id={`${id}-${one}-about`}>{text}</span>}
        </label>
      ))}
    </div>
  )
}

interface BeginProps extends KindProps {
  onChoose(): void
  onFile(file: File | undefined): void
}

/** The page before a file was chosen: where one goes, what of it is found by itself, and what happens then. */
export function Begin({ kind, onKind, onChoose, onFile }: BeginProps) {
  const { configuration } = useDesk()
  const [needed, ...others] = importFields[kind].map(fieldWord)
  const own = kind === 'tickets' ? configuration.customFields.filter(({ retired }) => !retired) : []
  return (
    <>
      <Kinds {...{ kind, onKind }} about />
      <FileDrop className={classes.drop} label={`Import ${kind}`} onFiles={([file]) => onFile(file)}>
        <IconFileImport size={26} stroke={1.5} aria-hidden />
        <p>Drop a CSV, Excel or JSON file here</p>
        <PageButton primary shortcut="f" onClick={onChoose}>
          Choose a file…
        </PageButton>
        <small>
          Up to {bytes(MAX_IMPORT_BYTES)} and {MAX_IMPORT_ROWS.toLocaleString('en')} rows
        </small>
      </FileDrop>
      <dl className={classes.guide}>
        <div>
          <dt>Columns that are found by their names</dt>
          <dd>
            <p className={classes.fields}>
              <b>{needed}</b>
              {[...others, ...own.map(({ label }) => label)].map((word) => (
                <Fragment key={word}>
                  {' '}
                  <span>{word}</span>
                </Fragment>
              ))}
            </p>
            <p>
              {needed} has to be there
              {kind === 'tickets'
                ? ', or you give one for all rows. You can say of each column what it fills, or make it a field of the client’s own.'
                : '. You can say of each column what it fills.'}
            </p>
          </dd>
        </div>
        <div>
          <dt>What happens then</dt>
          <dd>
            <ol>
              <li>The file is looked at. You see each row that cannot be taken, and why.</li>
              <li>You say what is still open, and see at once what would come of it.</li>
              <li>Only then it is written, while you work on. Rows that were not taken come back as a file.</li>
            </ol>
          </dd>
        </div>
      </dl>
    </>
  )
}
