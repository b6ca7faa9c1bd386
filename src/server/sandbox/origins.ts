/** The origins under which pages of this server itself can be. */
export interface Origins {
  has(origin: string): boolean
  /** @param url an address this server is reached at */
  add(url: string): void
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** Starts with the public address; without one, only what is added later is known. */
export function originsOf(publicUrl: string | undefined): Origins {
  const known = new Set<string>()
  const add = (url: string) => {
    const { origin, protocol, hostname, port } = new URL(url)
    known.add(origin)
    if (LOOPBACK.includes(hostname))
      for (const name of LOOPBACK) known.add(new URL(`${protocol}//${name}:${port}`).origin)
  }
  if (publicUrl !== undefined) add(publicUrl)
  return { has: origin => known.has(origin), add }
}
