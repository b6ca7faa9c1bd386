// Loaded before all else by a process whose machine's clock is to be wrong by SKEW_MS.
const skew = Number(process.env.SKEW_MS ?? 0)
const Right = Date
const now = () => Right.now() + skew
globalThis.Date = class extends Right {
  constructor(...args) {
    if (args.length === 0) super(now())
    else super(...args)
  }
  static now() {
    return now()
  }
}
