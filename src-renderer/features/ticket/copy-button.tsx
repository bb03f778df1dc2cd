import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

/** Puts a text on the clipboard, and says for a moment that it is there. */
export function CopyButton({ text, title }: { text: string; title?: string }) {
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
  const Icon = copied ? IconCheck : IconCopy
  return (
    <button type="button" title={title} onClick={copy}>
      <Icon size={12} aria-hidden /> {copied ? 'Copied' : 'Copy'}
    </button>
  )
}
