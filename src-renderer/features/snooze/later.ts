import { laterDialog } from '../../app/commands/later.tsx'

export const SnoozeDialog = laterDialog('snooze', async () => (await import('./snooze-dialog.tsx')).SnoozeDialog)
