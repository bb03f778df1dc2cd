import { useEffect, useRef, useState } from 'react'
import { initialsOf } from '../../../../src-shared/domain/tenant.ts'
import { PageButton } from '../../../ui/page.tsx'
import { Tile } from '../../../ui/tile.tsx'
import { logoOf } from '../logo.ts'
import classes from './logo-field.module.css'

interface LogoFieldProps {
  name: string
  colour: string
  /** A data URL; empty for none. */
  logo: string
  /** It is shown, and cannot be changed. */
  disabled?: boolean
  onChange(logo: string): void
}

/** The client's logo, chosen or pasted anywhere on the page; its initials on its colour where there is none. */
export function LogoField({ name, colour, logo, disabled = false, onChange }: LogoFieldProps) {
  const picker = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const take = useRef<(file: Blob | undefined) => void>(() => undefined)
  const put = useRef(onChange)
  useEffect(() => {
    put.current = onChange
    take.current = (file) => {
      setProblem(null)
      // Decoding takes a moment: what was typed meanwhile stays.
      if (file && !disabled)
        logoOf(file).then(
          (made) => put.current(made),
          (error: unknown) => setProblem((error as Error).message),
        )
    }
  })
  useEffect(() => {
    const onPaste = ({ clipboardData }: ClipboardEvent): void => {
      const file = [...(clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'))
      if (file) take.current(file)
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  }, [])
  return (
    <fieldset className={classes.logo}>
      <legend>Logo</legend>
      <Tile initials={name.trim() ? initialsOf(name) : '+'} colour={colour} logo={logo} size={34} />
      <PageButton disabled={disabled} onClick={() => picker.current?.click()}>
        {logo ? 'Another…' : 'Choose…'}
      </PageButton>
      {logo && !disabled && <PageButton onClick={() => onChange('')}>Take away</PageButton>}
      <input
        ref={picker}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        aria-label="Logo"
        onChange={(event) => {
          take.current(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <p role={problem ? 'alert' : undefined} data-bad={problem !== null || undefined}>
        {problem ?? (disabled ? '' : 'Or paste a picture here')}
      </p>
    </fieldset>
  )
}
