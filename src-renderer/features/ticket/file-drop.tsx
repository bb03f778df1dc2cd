import { useState, type DragEvent, type ReactNode } from 'react'
import classes from './files.module.css'

/** Files of a drop or a paste; folders and text are none. */
export function filesOf(transfer: DataTransfer): File[] {
  return [...transfer.items].flatMap((item) => {
    if (item.kind !== 'file' || item.webkitGetAsEntry()?.isDirectory) return []
    const file = item.getAsFile()
    return file ? [named(file)] : []
  })
}

/** A picture from the clipboard is always called the same. */
function named(file: File): File {
  if (file.name !== 'image.png') return file
  const at = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.')
  return new File([file], `Screenshot ${at}.png`, { type: file.type })
}

interface FileDropProps {
  className: string | undefined
  label: string
  onFiles(files: File[]): void
  children: ReactNode
}

/** A place that takes files that are dropped on it or pasted into it, and says so while they hover. */
export function FileDrop({ className, label, onFiles, children }: FileDropProps) {
  const [over, setOver] = useState(false)
  const holds = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  return (
    <div
      className={className}
      onDragOver={(event) => {
        if (!holds(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
        setOver(true)
      }}
      onDragLeave={(event) => {
        const to = event.relatedTarget
        if (!(to instanceof Node && event.currentTarget.contains(to))) setOver(false)
      }}
      // Also where an inner place takes the files.
      onDropCapture={() => setOver(false)}
      onDrop={(event) => {
        if (!holds(event)) return
        event.preventDefault()
        onFiles(filesOf(event.dataTransfer))
      }}
      onPaste={(event) => {
        const files = filesOf(event.clipboardData)
        if (files.length === 0) return
        event.preventDefault()
        onFiles(files)
      }}
    >
      {children}
      {over && (
        <div className={classes.over} aria-hidden>
          {label}
        </div>
      )}
    </div>
  )
}
