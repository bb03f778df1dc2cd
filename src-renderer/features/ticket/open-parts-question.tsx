import type { BulkPreview } from '../../../src-shared/domain/bulk.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { labelIn, numberText, wordsOf } from '../tickets/words.ts'

interface OpenPartsQuestionProps {
  number: number
  /** The status that the ticket is to get. */
  status: string
  parts: BulkPreview['openParts']
  onConfirm(): void
  onClose(): void
}

/** Names the open tickets that a ticket contains before it is resolved or closed. */
export function OpenPartsQuestion({ number, status, parts, onConfirm, onClose }: OpenPartsQuestionProps) {
  return (
    <Confirm
      title={`${numberText(number)} contains open tickets`}
      text={openPartsText(parts, 'it')}
      action={`Set ${labelIn(wordsOf(useDesk()), 'status', status)}`}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  )
}

/** `2 tickets in it are still open, and stay so: 14 Printer, 15 Scanner.` */
export function openPartsText({ count, first }: BulkPreview['openParts'], inside: 'it' | 'them'): string {
  const named = first.map(({ number, subject }) => `${numberText(number)} ${subject}`)
  if (count > first.length) named.push(`${(count - first.length).toLocaleString('en')} more`)
  const what = count === 1 ? `A ticket in ${inside} is` : `${count.toLocaleString('en')} tickets in ${inside} are`
  return `${what} still open, and ${count === 1 ? 'stays' : 'stay'} so: ${named.join(', ')}.`
}
