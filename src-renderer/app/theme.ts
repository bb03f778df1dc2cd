import { createTheme, type MantineColorsTuple } from '@mantine/core'

const harbour: MantineColorsTuple = [
  '#e8f0fd',
  '#cfdffa',
  '#a3c3f6',
  '#74a5f2',
  '#4d8bec',
  '#3579e6',
  '#1f66d6',
  '#1b5fcc',
  '#1650ad',
  '#0f3c85',
]

/** Dark enough under white words, in both schemes. */
const red: MantineColorsTuple = [
  '#fdeceb',
  '#f9d3d1',
  '#f1a9a5',
  '#e97f79',
  '#de5a53',
  '#d2423b',
  '#c9352f',
  '#bf2c27',
  '#a3231f',
  '#7c1a17',
]

/** Neutral greys of the dark scheme, from text to background; they match tokens.css. */
const dark: MantineColorsTuple = [
  '#e7ebf1',
  '#aab4c1',
  '#8793a2',
  '#5c6877',
  '#3a4655',
  '#242d39',
  '#1a212a',
  '#131820',
  '#0d1116',
  '#090c10',
]

export const theme = createTheme({
  fontFamily: 'Inter Variable, system-ui, sans-serif',
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  colors: { harbour, red, dark },
  defaultRadius: 6,
  fontSizes: { xs: '12.5px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  cursorType: 'pointer',
  // A list that is closed is not in the page: each would be made, styled and placed with every ticket that opens.
  components: { Combobox: { defaultProps: { keepMounted: false } } },
})

/** The nonce that the host put into the page for the style tags that Mantine makes. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''
}
