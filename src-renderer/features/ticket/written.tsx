import { IconQuote } from '@tabler/icons-react'
import { Fragment, memo, useState } from 'react'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { Linked, type LinkedProps } from './linked.tsx'
import { maybeMarked } from './maybe-marked.ts'
import { partsOf } from './quotes.ts'
import ticketClasses from './ticket.module.css'
import { useFormatted, useNear } from './use-formatted.ts'
import classes from './written.module.css'

interface WrittenProps extends LinkedProps {
  unfolded: boolean
  /** Shows the marks of the text instead of what they mean. */
  typed?: boolean
  /** It is in sight from the first moment. */
  first?: boolean
}

/** Characters of a text that is drawn with its ticket; a longer one is right after it. */
const AT_ONCE = 5000

/**
 * What somebody wrote, with the marks of its text as what they mean, and never as anything else: what they quote is
 * folded, and web addresses lead out of the window.
 */
export const Written = memo(function Written({ text, unfolded, mentions, typed = false, first = false }: WrittenProps) {
  const [place, near] = useNear(first && text.length <= AT_ONCE)
  return (
    <div ref={place} className={ticketClasses.text}>
      {partsOf(text).map((part, index) =>
        part.quoted ? (
          // Begins anew when all of them are shown or folded.
          <Quote key={`${index} ${unfolded}`} text={part.text} unfolded={unfolded} typed={typed} />
        ) : (
          // What is far away has nothing to lead out by, and stands out for nobody yet.
          <Fragment key={index}>
            {near ? <Shown text={part.text} mentions={mentions} formatted={!typed} /> : part.text}
          </Fragment>
        ),
      )}
    </div>
  )
})

/** A text with marks is shown as it is until what draws them is loaded. */
function Shown({ formatted, ...linked }: LinkedProps & { formatted: boolean }) {
  const Formatted = useFormatted(formatted && maybeMarked(linked.text))
  return Formatted ? <Formatted {...linked} /> : <Linked {...linked} />
}

function Quote({ text, unfolded, typed }: { text: string; unfolded: boolean; typed: boolean }) {
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
          <Shown text={text.trimEnd()} formatted={!typed} />
        </div>
      )}
    </div>
  )
}
