export { BulkDialog } from './bulk-dialog.tsx'
export { ColumnsDialog } from './columns-dialog.tsx'
export { exportList } from './export-list.ts'
export { GroupPicker, SectionPicker } from './section-pickers.tsx'
