/** Whether the name that was typed is the client's, whatever its case. */
export function sameName(typed: string, name: string): boolean {
  return typed.trim().toLocaleLowerCase() === name.trim().toLocaleLowerCase()
}
