import type { BulkPreview } from '../../../src-shared/domain/bulk.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { labelIn, numberText, wordsOf } from '../tickets/words.ts'

interface OpenPartsQuestionProps {
  number: number
  /** The status that the ticket is to get. */
  status: string
  open: Pick<BulkPreview, 'openParts' | 'openTasks'>
  onConfirm(): void
  onClose(): void
}

/** Names the open tickets that a ticket contains, and its open tasks, before it is resolved or closed. */
export function OpenPartsQuestion({ number, status, open, onConfirm, onClose }: OpenPartsQuestionProps) {
  return (
    <Confirm
      title={`${numberText(number)} ${whatIsOpen(open)}`}
      text={openText(open, 'it')}
      action={`Set ${labelIn(wordsOf(useDesk()), 'status', status)}`}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  )
}

function whatIsOpen({ openParts, openTasks }: OpenPartsQuestionProps['open']): string {
  if (openTasks.count === 0) return 'contains open tickets'
  return openParts.count === 0 ? 'has open tasks' : 'contains open tickets and tasks'
}

/** What is still open in a ticket, or in several, in a sentence for tickets and one for tasks; empty where nothing is. */
export function openText({ openParts, openTasks }: OpenPartsQuestionProps['open'], inside: 'it' | 'them'): string {
  const texts = [
    ...(openParts.count > 0 ? [openPartsText(openParts, inside)] : []),
    ...(openTasks.count > 0 ? [openTasksText(openTasks, inside)] : []),
  ]
  // The dots of a text that was cut end the sentence, too.
  return texts.join(' ').replaceAll('….', '…')
}

/** `2 tasks of it are not done: Check the backup, Call back.` */
function openTasksText({ count, first }: BulkPreview['openTasks'], inside: 'it' | 'them'): string {
  const named = first.map((text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text))
  if (count > first.length) named.push(`${(count - first.length).toLocaleString('en')} more`)
  const what = count === 1 ? `A task of ${inside} is` : `${count.toLocaleString('en')} tasks of ${inside} are`
  return `${what} not done: ${named.join(', ')}.`
}

/** `2 tickets in it are still open, and stay so: 14 Printer, 15 Scanner.` */
function openPartsText({ count, first }: BulkPreview['openParts'], inside: 'it' | 'them'): string {
  const named = first.map(({ number, subject }) => `${numberText(number)} ${subject}`)
  if (count > first.length) named.push(`${(count - first.length).toLocaleString('en')} more`)
  const what = count === 1 ? `A ticket in ${inside} is` : `${count.toLocaleString('en')} tickets in ${inside} are`
  return `${what} still open, and ${count === 1 ? 'stays' : 'stay'} so: ${named.join(', ')}.`
}
