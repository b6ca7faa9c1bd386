import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto'

/**
 * One hash takes about 3 ms and 1 MiB. A batch of 500 registrations has to answer in about a second, and no endpoint
 * checks a password, so more would only cost time.
 */
const COST: ScryptOptions = { N: 1024, r: 8, p: 1 }
/** Half the threads that Node keeps for such work; the others stay free for files. */
const AT_ONCE = 2

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, 32, COST, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** A salted hash, made off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt)
  return `scrypt$${COST.N}$${COST.r}$${salt.toString('base64')}$${key.toString('base64')}`
}

/** Salted hashes in the order of the passwords, made off the event loop. */
export async function hashPasswords(passwords: readonly string[]): Promise<string[]> {
  const hashes: string[] = new Array(passwords.length)
  let next = 0
  const worker = async () => {
    for (let i = next++; i < passwords.length; i = next++)
      hashes[i] = await hashPassword(passwords[i] as string)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, passwords.length) }, worker))
  return hashes
}
