import { memo, useState } from 'react'
import classes from './tile.module.css'

/** A client's logo with its colour around it, or its initials on it. Decorative: the name stands beside it or labels the control. */
export const Tile = memo(function Tile({
  initials,
  colour,
  logo,
  size = 28,
}: {
  initials: string
  colour: string
  /** A data URL; none, or one that cannot be shown, for the initials. */
  logo?: string | undefined
  size?: number
}) {
  const [broken, setBroken] = useState<string | null>(null)
  if (logo && logo !== broken)
    return (
      <span
        className={classes.logo}
        aria-hidden
        style={{ width: size, height: size, borderColor: colour, borderWidth: size < 24 ? 1 : 2 }}
      >
        <img src={logo} alt="" draggable={false} onError={() => setBroken(logo)} />
      </span>
    )
  return (
    <span
      className={classes.tile}
      aria-hidden
      data-initials={initials}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.4), background: colour, color: inkOn(colour) }}
    />
  )
})

/** Black or white, whichever reads better on a colour given as #rrggbb (WCAG 2 relative luminance). */
export function inkOn(colour: string): '#ffffff' | '#10151c' {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0575 ? '#ffffff' : '#10151c'
}
