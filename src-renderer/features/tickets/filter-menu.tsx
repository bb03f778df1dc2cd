import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { MenuButton } from '../../ui/menu-button.tsx'
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

/** A filter of the list: a quiet button that says what is chosen, and a menu. */
export function FilterMenu({ name, label, set, ...choosing }: FilterMenuProps) {
  return (
    <MenuButton
      className={classes.filter}
      data-set={set || undefined}
      aria-label={`${name}: ${label}`}
      position="bottom-start"
      dropdown={
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          <Choices {...choosing} />
        </Menu.Dropdown>
      }
    >
      {label} <IconChevronDown size={13} />
    </MenuButton>
  )
}

function Choices({ choices, several, onChoose }: Omit<FilterMenuProps, 'name' | 'label' | 'set'>) {
  const Item = several ? Menu.CheckboxItem : Menu.RadioItem
  return choices.map((choice) => (
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
  ))
}
