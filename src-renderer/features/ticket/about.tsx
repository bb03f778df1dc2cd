import type { ReactNode } from 'react'
import { useIdentity } from '../../tenant/context.tsx'
import { Tile } from '../../ui/tile.tsx'

/** Above a choice: which client it is about, as its dialog was opened, and what there. */
export function About({ children }: { children: ReactNode }) {
  const { initials, colour, logo, shortName } = useIdentity()
  return (
    <>
      <Tile initials={initials} colour={colour} logo={logo} size={18} />
      <span>
        {shortName} · {children}
      </span>
    </>
  )
}
