import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react'
import type { ConnectionState, TriedConnection } from '../../../src-shared/domain/connection.ts'
import { limitText } from '../../../src-shared/domain/connection-text.ts'
import { dateTime } from '../../ui/time.ts'
import classes from './tried.module.css'

type Tone = 'good' | 'look' | 'bad'

const TONES: Record<ConnectionState, Tone> = {
  ...({ accepted: 'good', lacking: 'look', limited: 'look', open: 'look', missing: 'look' } as const),
  ...({ refused: 'bad', failing: 'bad', elsewhere: 'bad', untrusted: 'bad', unreachable: 'bad' } as const),
}
const GLYPHS = { good: IconCircleCheckFilled, look: IconAlertTriangleFilled, bad: IconCircleXFilled }

/** What came of trying a credential out: the sentence, the limits that the system told of, and when. */
export function Tried({ tried: { state, sentence, limits, at } }: { tried: TriedConnection }) {
  const tone = TONES[state]
  const Glyph = GLYPHS[tone]
  return (
    <div className={classes.tried} data-tone={tone} data-testid="tried" role="status">
      <Glyph size={16} aria-hidden />
      <p>
        {sentence}
        {limits.length > 0 && (
          <small>
            {limits.length === 1 ? 'Its limit: ' : 'Its limits: '}
            {limits.map(limitText).join('; ')}.
          </small>
        )}
        <small>
          Tried out <time dateTime={at}>{dateTime(at)}</time>.
        </small>
      </p>
    </div>
  )
}
