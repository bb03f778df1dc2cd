import { belongsToElement } from './commands.ts'
import type { KeyDispatcher, KeyPort, KeyPress } from './dispatcher.ts'

/** Presses keys as a keyboard would: handlers hear them first, then text goes into the field in focus. */
export const windowKeys: KeyPort = {
  press(key) {
    const target = document.activeElement ?? document.body
    const event = new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true, composed: true })
    if (target.dispatchEvent(event)) actBy(target, key)
  },
  settle: () => new Promise((resolve) => setTimeout(resolve)),
}

/** What the platform does by itself with a real key, and not with one that a script presses. */
function actBy(target: Element, { key, ctrlKey, metaKey, altKey }: KeyPress): void {
  const typed = key.length === 1 && ctrlKey === altKey && !metaKey
  if (target.matches('input[type=checkbox], input[type=radio]')) {
    if (key === ' ') (target as HTMLInputElement).click()
  } else if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) {
    // The only way that keeps the field's own undo and tells React.
    if (typed) document.execCommand('insertText', false, key)
    else if (key === 'Enter') enter(target)
    else if (key === 'Backspace') document.execCommand('delete')
    else if (key === 'Delete') document.execCommand('forwardDelete')
  } else if ((key === 'Enter' || key === ' ') && target instanceof HTMLElement && target.matches('button, a')) {
    target.click()
  }
  // A dialog hears of Esc from the platform alone, and that tells it of no key of a script.
  if (key === 'Escape')
    (
      target.closest('dialog') ?? [...document.querySelectorAll<HTMLDialogElement>('dialog:modal')].at(-1)
    )?.requestClose()
}

/** A new line where there are lines; else what is written is handed in, where the form has a button for it or one field. */
function enter(field: HTMLTextAreaElement | HTMLInputElement): void {
  if (field instanceof HTMLTextAreaElement) return void document.execCommand('insertText', false, '\n')
  const { form } = field
  if (form?.querySelector('[type=submit]') ?? form?.querySelectorAll('input').length === 1) form?.requestSubmit()
}

/** Gives the keyboard of the whole window to a dispatcher. @returns takes it back */
export function listenToKeys(dispatcher: KeyDispatcher): () => void {
  const first = (event: KeyboardEvent): void => {
    // A dialog that is open takes its keys itself: it is about no screen that is on its way.
    if (!dispatcher.draining && event.target instanceof Element && event.target.closest('dialog')) return
    if (!dispatcher.keep(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const last = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    if (dispatcher.run(event, (combination) => belongsToElement(event.target, combination))) event.preventDefault()
  }
  window.addEventListener('keydown', first, { capture: true })
  window.addEventListener('keydown', last)
  return () => {
    window.removeEventListener('keydown', first, { capture: true })
    window.removeEventListener('keydown', last)
  }
}
