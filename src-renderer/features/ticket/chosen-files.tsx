import { IconPaperclip, IconX } from '@tabler/icons-react'
import { bytes } from '../../ui/bytes.ts'
import classes from './files.module.css'

/** Files that go with what is being written. */
export function ChosenFiles({ files, onChange }: { files: readonly File[]; onChange(files: readonly File[]): void }) {
  return (
    <ul className={classes.chips} aria-label="Files for this entry">
      {files.map((file, index) => (
        <li key={index} className={classes.chip}>
          <IconPaperclip size={13} />
          <span className={classes.name}>{file.name}</span>
          <span className={classes.quiet}>{bytes(file.size)}</span>
          <button
            type="button"
            aria-label={`Leave ${file.name} out`}
            onClick={() => onChange(files.filter((one) => one !== file))}
          >
            <IconX size={12} />
          </button>
        </li>
      ))}
    </ul>
  )
}
