/** How many credentials are expired or to be changed, now or soon. */
export function dueText(count: number): string {
  return count === 1 ? '1 credential is due' : `${count} credentials are due`
}
