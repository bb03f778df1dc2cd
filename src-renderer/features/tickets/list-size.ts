/** px of a line of a list. */
export const ROW_HEIGHT = { compact: 34, comfortable: 42 } as const
/** px of the column titles, which stay at the top of what scrolls, over the rows. */
export const HEAD_HEIGHT = 30
/** px of the client header and the filters above a list; only for a first guess of how many rows fit. */
export const ABOVE_HEIGHT = 132
