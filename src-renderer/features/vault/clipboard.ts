let clearing: ReturnType<typeof setTimeout> | undefined
/** Whether the clipboard still holds what was put there, as far as this window can know. */
let ours = false

/**
 * Puts a secret on the clipboard and takes it off again.
 * @param forgetAfter seconds
 * @throws DOMException where the clipboard cannot be written
 */
export async function copySecret(value: string, forgetAfter: number): Promise<void> {
  await navigator.clipboard.writeText(value)
  ours = true
  clearTimeout(clearing)
  clearing = setTimeout(forgetCopied, forgetAfter * 1000)
}

/** Empties the clipboard where a secret of this window is on it: at once, or as soon as the window may. */
export function forgetCopied(): void {
  clearTimeout(clearing)
  if (!ours) return
  navigator.clipboard.writeText('').then(
    () => (ours = false),
    // A window that is not in front may not write: it does when it comes back.
    () => addEventListener('focus', forgetCopied, { once: true }),
  )
}

// What a person copies in this window takes the place of the secret, and stays.
document.addEventListener('copy', () => (ours = false))
document.addEventListener('cut', () => (ours = false))
addEventListener('pagehide', forgetCopied)
