/** What a caller in this process sees where one at a socket sees its connection end: the error of a failed `fetch`. */
export class ConnectionLost extends TypeError {
  constructor() {
    const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
    super('fetch failed', { cause })
  }
}
