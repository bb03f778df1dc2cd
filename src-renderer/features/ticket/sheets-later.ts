import { laterDialog } from '../../app/commands/later.tsx'

const load = () => import('./sheets.ts')

export const LinkSheet = laterDialog('link', async () => (await load()).LinkSheet)
export const MergeSheet = laterDialog('merge', async () => (await load()).MergeSheet)
export const SplitSheet = laterDialog('split', async () => (await load()).SplitSheet)
export const DuplicatesSheet = laterDialog('duplicates', async () => (await load()).DuplicatesSheet)
export const WatchersDialog = laterDialog('watchers', async () => (await load()).WatchersDialog)
export const ReplyConfirm = laterDialog('reply', async () => (await load()).ReplyConfirm)
export const OpenPartsQuestion = laterDialog('open parts', async () => (await load()).OpenPartsQuestion)
export const NeededDialog = laterDialog('needed', async () => (await load()).NeededDialog)
