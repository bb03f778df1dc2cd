/** Runs something once what is on screen by now is painted. @returns a function that takes it back */
export function afterPaint(run: () => void): () => void {
  let after: ReturnType<typeof setTimeout> | undefined
  const frame = requestAnimationFrame(() => {
    after = setTimeout(run)
  })
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(after)
  }
}
