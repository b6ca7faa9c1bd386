/**
 * Makes an element. Children are elements or texts: nothing is ever read as HTML.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] attributes; functions are listeners
 * @param {...(Node | string | undefined)} children
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (typeof value === 'boolean') element.toggleAttribute(name, value)
    else if (value !== undefined) element.setAttribute(name, String(value))
  }
  element.append(...children.filter(child => child !== undefined))
  return element
}

/** A table, or nothing when it has no rows. */
export function table(heads, rows) {
  if (rows.length === 0) return undefined
  return el(
    'div',
    { class: 'scroll', tabindex: '0' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...heads.map(head => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, ...rows.map(cells => el('tr', {}, ...cells.map(cell => el('td', {}, cell))))),
    ),
  )
}

export const code = text => el('code', {}, text)
export const json = value => el('pre', { tabindex: '0' }, el('code', {}, JSON.stringify(value, null, 2)))
