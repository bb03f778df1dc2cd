import { laterDialog } from '../../app/commands/later.tsx'

/** What few need of a list comes in one piece, when it is first asked for. */
const load = () => import('./list-dialogs.ts')

export const BulkDialog = laterDialog('bulk', async () => (await load()).BulkDialog)
export const ColumnsDialog = laterDialog('columns', async () => (await load()).ColumnsDialog)
export const GroupPicker = laterDialog('grouping', async () => (await load()).GroupPicker)
export const SectionPicker = laterDialog('sections', async () => (await load()).SectionPicker)

export async function loadExport(): Promise<Awaited<ReturnType<typeof load>>['exportList']> {
  return (await load()).exportList
}
