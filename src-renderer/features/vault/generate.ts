/** Without those that look alike. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.!'
const LENGTH = 20

/** A password that nobody guesses: some 118 bits, each character as likely as the others. */
export function generatePassword(): string {
  // Bytes beyond the last whole round would make the first characters likelier.
  const limit = 256 - (256 % LETTERS.length)
  let made = ''
  while (made.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < limit && made.length < LENGTH) made += LETTERS[byte % LETTERS.length]
  return made
}
