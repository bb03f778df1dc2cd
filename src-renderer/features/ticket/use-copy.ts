import { useEffect, useState } from 'react'

/** Puts a text on the clipboard. @returns whether it has just been put there, and what does it */
export function useCopy(text: string): [boolean, () => void] {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      // Where the window may not, the text can still be chosen and copied by keys.
      () => undefined,
    )
  return [copied, copy]
}
