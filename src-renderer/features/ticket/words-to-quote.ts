import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { partsOf } from './quotes.ts'

/** What somebody wrote, and whether it is for technicians only. */
interface Words {
  text: string
  internal: boolean
}

/** What is chosen of a conversation; null for nothing. */
export function chosenWords(conversation: HTMLElement | null): Words | null {
  const selection = getSelection()
  if (!conversation || !selection || selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  if (!conversation.contains(range.commonAncestorContainer) || selection.toString().trim() === '') return null
  const start = range.startContainer
  const first = (start instanceof Element ? start : start.parentElement)?.closest('li[data-kind]')
  // What stands between entries, such as what was changed, is for technicians as well.
  const chosen = [...(first?.parentElement?.children ?? [])].filter((row) => range.intersectsNode(row))
  const isPublic = (row: Element): boolean => /^(?:reply|description)$/.test(row.getAttribute('data-kind') ?? '')
  return { text: selection.toString(), internal: !first || !chosen.every(isPublic) }
}

/** The last reply without what it quotes, or what the ticket was opened with. */
export function lastWords({ ticket, entries }: TicketDetail): Words {
  const text = entries.findLast(({ kind }) => kind === 'reply')?.body ?? ticket.description
  const own = partsOf(text).filter((part) => !part.quoted)
  return { text: own.map((part) => part.text).join(''), internal: false }
}
