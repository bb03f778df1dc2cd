import type { ReactNode } from 'react'
import type { Mention } from '../../../src-shared/domain/entry.ts'
import { mentionPieces } from '../../../src-shared/domain/mentions.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { piecesOf, type Piece } from './web-links.ts'
import classes from './written.module.css'

export interface LinkedProps {
  text: string
  /** Whom it mentions. */
  mentions?: readonly Mention[] | undefined
}

/** A text as it is; its web addresses lead out of the window, and those who are mentioned stand out. */
export function Linked({ text, mentions }: LinkedProps) {
  return piecesOf(text).map((piece, index) =>
    piece.to === undefined ? (
      <Mentioning key={index} text={piece.text} mentions={mentions} />
    ) : (
      <WebLink key={index} link={piece} />
    ),
  )
}

/** Leads out of the window; the host is told where what is shown does not tell it. */
export function WebLink({ link: { text, to, host }, children = text }: { link: Piece; children?: ReactNode }) {
  return (
    <span>
      <a className={classes.link} href={to} title={to} target="_blank" rel="noreferrer">
        {children}
      </a>
      {host !== undefined && <span className={classes.host}> (leads to {host})</span>}
    </span>
  )
}

/** A text without addresses; those who are mentioned stand out, oneself the most. */
export function Mentioning({ text, mentions }: LinkedProps) {
  return mentions ? <Marked text={text} mentions={mentions} /> : text
}

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
