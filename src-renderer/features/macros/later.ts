import { laterDialog } from '../../app/commands/later.tsx'

export const MacroDialog = laterDialog('macros', async () => (await import('./macro-dialog.tsx')).MacroDialog)
