import { IconQuote } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { partsOf } from './quotes.ts'
import type { Mention } from '../../../src-shared/domain/entry.ts'
import { mentionPieces } from '../../../src-shared/domain/mentions.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { piecesOf } from './web-links.ts'
import ticketClasses from './ticket.module.css'
import classes from './written.module.css'

interface WrittenProps {
  text: string
  unfolded: boolean
  /** Whom it mentions. */
  mentions?: readonly Mention[] | undefined
}

/** What somebody wrote, as text whatever is in it: what they quote is folded, and web addresses lead out of the window. */
export const Written = memo(function Written({ text, unfolded, mentions }: WrittenProps) {
  return (
    <div className={ticketClasses.text}>
      {partsOf(text).map((part, index) =>
        part.quoted ? (
          // Begins anew when all of them are shown or folded.
          <Quote key={`${index} ${unfolded}`} text={part.text} unfolded={unfolded} />
        ) : (
          <Linked key={index} text={part.text} mentions={mentions} />
        ),
      )}
    </div>
  )
})

function Quote({ text, unfolded }: { text: string; unfolded: boolean }) {
  const [shown, setShown] = useState(unfolded)
  const key = useKeyOf()('quotes', 'q')
  const lines = text.trim().split('\n').length
  const what = lines === 1 ? '1 quoted line' : `${lines} quoted lines`
  return (
    <div className={classes.quote}>
      <button
        type="button"
        aria-expanded={shown}
        title={`${shown ? 'Fold' : 'Show'} this quote (${key} for all)`}
        onClick={() => setShown(!shown)}
      >
        <IconQuote size={13} aria-hidden /> {shown ? `Fold ${what}` : `Show ${what}`}
      </button>
      {shown && (
        <div className={classes.quoted}>
          <Linked text={text.replace(/\s+$/, '')} />
        </div>
      )}
    </div>
  )
}

function Linked({ text, mentions }: Pick<WrittenProps, 'text' | 'mentions'>) {
  return piecesOf(text).map(({ text: shown, to, host }, index) =>
    to === undefined ? (
      mentions ? (
        <Marked key={index} text={shown} mentions={mentions} />
      ) : (
        shown
      )
    ) : (
      <span key={index}>
        <a className={classes.link} href={to} title={to} target="_blank" rel="noreferrer">
          {shown}
        </a>
        {host !== undefined && <span className={classes.host}> (leads to {host})</span>}
      </span>
    ),
  )
}

/** Those who are mentioned stand out, oneself the most. */
function Marked({ text, mentions }: { text: string; mentions: readonly Mention[] }) {
  const { me } = useDesk()
  const own = mentions.find(({ id }) => id === me)?.name.toLocaleLowerCase()
  return mentionPieces(text, mentions).map((piece, index) =>
    piece.mention ? (
      <mark
        key={index}
        className={classes.mention}
        data-me={piece.text.slice(1).toLocaleLowerCase() === own || undefined}
      >
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  )
}
