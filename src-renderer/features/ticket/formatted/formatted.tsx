import { Fragment, useMemo, type ReactNode } from 'react'
import type { Mention } from '../../../../src-shared/domain/entry.ts'
import { CopyButton } from '../copy-button.tsx'
import { Linked, Mentioning, WebLink, type LinkedProps } from '../linked.tsx'
import { parse, type Block, type Inline, type Item } from './parse.ts'
import classes from './formatted.module.css'

type Mentions = readonly Mention[] | undefined

/** A text with its marks as what they mean; one that is not to be read so, as it was typed. */
export function Formatted({ text, mentions }: LinkedProps) {
  const blocks = useMemo(() => parse(text), [text])
  if (!blocks) return <Linked text={text} mentions={mentions} />
  const after = text.slice(text.trimEnd().length).split('\n').length - 1
  return (
    <>
      <Blocks blocks={blocks} mentions={mentions} />
      {'\n'.repeat(Math.max(0, after - 1))}
    </>
  )
}

interface BlocksProps {
  blocks: readonly Block[]
  mentions: Mentions
  /** Stands before the first line. */
  lead?: ReactNode
}

function Blocks({ blocks, mentions, lead }: BlocksProps) {
  return (
    <>
      {lead && blocks[0]?.kind !== 'lines' && lead}
      {blocks.map((block, index) => (
        <Fragment key={index}>
          {/* As many empty lines as were typed: what has no marks keeps its height. */}
          {'\n'.repeat(block.gap)}
          <OneBlock block={block} mentions={mentions} lead={index === 0 && lead} />
        </Fragment>
      ))}
    </>
  )
}

function OneBlock({ block, mentions, lead }: { block: Block; mentions: Mentions; lead: ReactNode }) {
  if (block.kind === 'quote') {
    return (
      <blockquote className={classes.quote}>
        <Blocks blocks={block.blocks} mentions={mentions} />
      </blockquote>
    )
  }
  if (block.kind === 'list') {
    const List = block.ordered ? 'ol' : 'ul'
    return (
      <List className={classes.list} role="list">
        {block.items.map((item, index) => (
          <li key={index} data-task={item.done !== undefined || undefined}>
            {'\n'.repeat(item.gap)}
            <Blocks blocks={item.blocks} mentions={mentions} lead={<Mark item={item} ordered={block.ordered} />} />
          </li>
        ))}
      </List>
    )
  }
  if (block.kind === 'code') return <Code info={block.info} text={block.text} />
  if (block.kind === 'table') return <Table block={block} mentions={mentions} />
  return (
    <div>
      {lead}
      {block.lines.map((line, index) => (
        <Fragment key={index}>
          {index > 0 && '\n'}
          <Line line={line} mentions={mentions} />
        </Fragment>
      ))}
    </div>
  )
}

function Mark({ item: { done, mark }, ordered }: { item: Item; ordered: boolean }) {
  const number = ordered && <span className={classes.mark}>{mark} </span>
  if (done === undefined) return number || <span className={classes.mark}>• </span>
  return (
    <>
      {number}
      <span className={classes.mark} role="img" aria-label={done ? 'Done' : 'To do'}>
        {done ? '☑' : '☐'}{' '}
      </span>
    </>
  )
}

function Line({ line, mentions }: { line: readonly Inline[]; mentions: Mentions }) {
  return line.map((piece, index) => {
    if (piece.kind === 'text') return <Mentioning key={index} text={piece.text} mentions={mentions} />
    if (piece.kind === 'code') {
      return (
        <code key={index} className={classes.span}>
          {piece.text}
        </code>
      )
    }
    const inner = <Line line={piece.children} mentions={mentions} />
    if (piece.kind !== 'link') {
      const Tag = piece.kind
      return <Tag key={index}>{inner}</Tag>
    }
    const { children, link } = piece
    if (children.length === 0) return <WebLink key={index} link={link} />
    const { host } = new URL(link.to ?? '')
    // Words are no address: where they lead is told, unless they do.
    const told = wordsOf(children).toLowerCase().trim()
    const isTold = told === host || (URL.canParse(told) && new URL(told).host === host)
    return (
      <WebLink key={index} link={isTold ? { text: link.text, to: link.to } : { ...link, host }}>
        {inner}
      </WebLink>
    )
  })
}

function wordsOf(line: readonly Inline[]): string {
  return line.map((piece) => ('children' in piece ? wordsOf(piece.children) : piece.text)).join('')
}

function Code({ info, text }: { info: string; text: string }) {
  return (
    <div className={classes.code}>
      <div className={classes.codeHead}>
        <span>{info}</span>
        <CopyButton text={text} title="Copy this code" />
      </div>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  )
}

function Table({
  block: { aligns, rows },
  mentions,
}: {
  block: Extract<Block, { kind: 'table' }>
  mentions: Mentions
}) {
  const [head = [], ...body] = rows
  const cell = (line: readonly Inline[], Tag: 'td' | 'th', index: number) => (
    <Tag key={index} style={{ textAlign: aligns[index] }}>
      <Line line={line} mentions={mentions} />
    </Tag>
  )
  return (
    <div className={classes.table} role="group" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>{head.map((line, index) => cell(line, line.length > 0 ? 'th' : 'td', index))}</tr>
        </thead>
        <tbody>
          {body.map((row, index) => (
            <tr key={index}>{row.map((line, at) => cell(line, 'td', at))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
