export { LinkSheet } from './link-sheet.tsx'
export { MergeSheet } from './merge-sheet.tsx'
export { SplitSheet } from './split-sheet.tsx'
export { DuplicatesSheet } from './duplicates-sheet.tsx'
