import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useRef, useState, type ReactNode } from 'react'
import classes from './list.module.css'

export interface FilterChoice {
  key: string
  label: string
  mark?: ReactNode
  count?: number
  checked: boolean
  /** A line above this choice. */
  rule?: boolean
}

interface FilterMenuProps {
  /** What is filtered, for assistive technology. */
  name: string
  /** What is chosen, on the button. */
  label: string
  /** Whether it differs from what everyone starts with. */
  set: boolean
  choices: readonly FilterChoice[]
  /** Stays open for choosing several. */
  several?: boolean
  onChoose(key: string): void
}

/** A filter of the list: a quiet button that says what is chosen, and a menu that is made when it is first opened. */
export function FilterMenu(props: FilterMenuProps) {
  const { name, label, set } = props
  const [made, setMade] = useState(false)
  if (made) return <OpenedMenu {...props} />
  return (
    <button
      className={classes.filter}
      data-set={set || undefined}
      aria-label={`${name}: ${label}`}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setMade(true)}
    >
      {label} <IconChevronDown size={13} />
    </button>
  )
}

function OpenedMenu({ name, label, set, choices, several, onChoose }: FilterMenuProps) {
  const Item = several ? Menu.CheckboxItem : Menu.RadioItem
  const button = useRef<HTMLButtonElement>(null)
  return (
    // The button that was pressed is gone where this menu was made for it, so the focus is given back by hand.
    <Menu
      onClose={() => button.current?.focus()}
      defaultOpened
      position="bottom-start"
      shadow="md"
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button ref={button} className={classes.filter} data-set={set || undefined} aria-label={`${name}: ${label}`}>
          {label} <IconChevronDown size={13} />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {choices.map((choice) => (
          <div key={choice.key} role="none">
            {choice.rule && <Menu.Divider />}
            <Item
              value={choice.key}
              closeMenuOnClick={!several}
              checked={choice.checked}
              onChange={() => onChoose(choice.key)}
              rightSection={
                choice.count !== undefined && <span className={classes.count}>{choice.count.toLocaleString('en')}</span>
              }
            >
              <span className={classes.item}>
                {choice.mark}
                {choice.label}
              </span>
            </Item>
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
