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
  onChange(logo: string): void
}

/** The client's logo, chosen or pasted anywhere on the page; its initials on its colour where there is none. */
export function LogoField({ name, colour, logo, onChange }: LogoFieldProps) {
  const picker = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const take = useRef<(file: Blob | undefined) => void>(() => undefined)
  const put = useRef(onChange)
  useEffect(() => {
    put.current = onChange
    take.current = (file) => {
      setProblem(null)
      // Decoding takes a moment: what was typed meanwhile stays.
      if (file)
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
      <PageButton onClick={() => picker.current?.click()}>{logo ? 'Another…' : 'Choose…'}</PageButton>
      {logo && <PageButton onClick={() => onChange('')}>Take away</PageButton>}
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
        {problem ?? 'Or paste a picture here'}
      </p>
    </fieldset>
  )
}
