import type { KeyboardEvent } from 'react'

/** The rows of a page, each a button in a list. */
function rowsIn(page: ParentNode): HTMLElement[] {
  return [...page.querySelectorAll<HTMLElement>('main li button')]
}

/** Gives the focus to the first row of the page. */
export function focusFirstRow(): void {
  rowsIn(document)[0]?.focus()
}

/** Arrows and `j` and `k` go from row to row. */
export function moveRowFocus(event: KeyboardEvent): void {
  const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
  if (by === undefined) return
  const rows = rowsIn(event.currentTarget as HTMLElement)
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[at + by]
  if (at < 0 && !next) return
  // At either end, too: the key is the list's, and means nothing else there.
  event.preventDefault()
  event.stopPropagation()
  next?.focus()
}
