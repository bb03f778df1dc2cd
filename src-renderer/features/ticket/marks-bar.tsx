import {
  IconBlockquote,
  IconBold,
  IconCode,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  type Icon,
} from '@tabler/icons-react'
import { useState, type KeyboardEvent, type RefObject } from 'react'
import { useKeyOf } from '../../app/commands/key-of.ts'
import classes from './composer.module.css'
import { MARKS, putMark } from './use-marks.ts'

const ICONS: Record<(typeof MARKS)[number]['id'], Icon> = {
  ...{ bold: IconBold, italic: IconItalic, code: IconCode, 'words-link': IconLink },
  ...{ bullets: IconList, numbers: IconListNumbers, 'quote-lines': IconBlockquote },
}

/** The marks of a text as buttons; one stop of Tab, arrows lead from one to the next. */
export function MarksBar({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const keyOf = useKeyOf()
  const [at, setAt] = useState(0)
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const last = MARKS.length - 1
    const steps: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      ...{ Home: 0, End: last },
    }
    const to = steps[event.key]
    if (to !== undefined) (event.currentTarget.children[to] as HTMLElement | undefined)?.focus()
    else if (event.key === 'Escape') field.current?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div role="toolbar" aria-label="Marks" className={classes.marks} onKeyDown={onKeyDown}>
      {MARKS.map((mark, index) => {
        const Shown = ICONS[mark.id]
        return (
          <button
            key={mark.id}
            type="button"
            tabIndex={index === at ? 0 : -1}
            aria-label={mark.title}
            title={`${mark.title} (${keyOf(mark.id, mark.key)})`}
            // What is chosen stays chosen.
            onMouseDown={(event) => event.preventDefault()}
            onFocus={() => setAt(index)}
            onClick={() => putMark(field.current, mark)}
          >
            <Shown size={15} stroke={1.8} />
          </button>
        )
      })}
    </div>
  )
}
