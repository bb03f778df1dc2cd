import { memo } from 'react'
import classes from './tile.module.css'

/** A client's initials on its colour. Decorative: the name stands beside it or labels the control. */
export const Tile = memo(function Tile({
  initials,
  colour,
  size = 28,
}: {
  initials: string
  colour: string
  size?: number
}) {
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
