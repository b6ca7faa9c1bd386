/** Path of a URL as routes know it: repeated slashes are one, and there is none at the end. */
export function requestPath(request: Request): string {
  const { url } = request
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start < 0) return '/'
  let end = start
  let odd = false
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end)
    if (code === 63 /* ? */ || code === 35 /* # */) break
    if (code === 47 /* / */ && url.charCodeAt(end - 1) === 47 && end > start) odd = true
  }
  let path = url.slice(start, end)
  if (odd) path = path.replace(/\/{2,}/g, '/')
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
