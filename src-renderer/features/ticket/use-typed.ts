import { useState, type ChangeEvent, type KeyboardEvent } from 'react'

type Field = HTMLInputElement | HTMLTextAreaElement

/**
 * The text of a field that counts once the field is left or its key is pressed; Esc takes back what was typed.
 * @param before what the field held; give the component a key of it, so that another value begins anew
 * @param commit gets what was typed, trimmed, where it differs. @returns false where it is refused: the text goes back
 * @param ends whether a press of Enter leaves the field
 */
export function useTyped(
  before: string,
  commit: (text: string) => boolean,
  ends: (event: KeyboardEvent<Field>) => boolean = () => true,
) {
  const [value, setText] = useState(before)
  return {
    value,
    onChange: (event: ChangeEvent<Field>) => setText(event.target.value),
    onBlur() {
      const text = value.trim()
      if (text !== before.trim() && !commit(text)) setText(before)
    },
    onKeyDown(event: KeyboardEvent<Field>) {
      if (event.key === 'Enter' && ends(event)) event.currentTarget.blur()
      else if (event.key === 'Escape') {
        setText(before)
        event.stopPropagation()
      }
    },
  }
}
