import { Menu, type MenuProps } from '@mantine/core'
import { useRef, useState, type ComponentProps, type ReactNode } from 'react'

interface MenuButtonProps extends Omit<ComponentProps<'button'>, 'ref' | 'onClick'> {
  position: MenuProps['position']
  /** A `Menu.Dropdown`; what is in it is drawn while it is open. */
  dropdown: ReactNode
}

/** A button with a menu that is made when it is first opened: many have one, and few are pressed. */
export function MenuButton({ position, dropdown, ...button }: MenuButtonProps) {
  const [made, setMade] = useState(false)
  const target = useRef<HTMLButtonElement>(null)
  if (!made) return <button {...button} aria-haspopup="menu" aria-expanded={false} onClick={() => setMade(true)} />
  return (
    // The button that was pressed is gone, so the focus is given back by hand.
    <Menu
      defaultOpened
      onClose={() => target.current?.focus()}
      position={position}
      shadow="md"
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button {...button} ref={target} />
      </Menu.Target>
      {dropdown}
    </Menu>
  )
}
