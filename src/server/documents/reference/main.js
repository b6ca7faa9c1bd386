import { el } from './dom.js'
import { endpointsOf, entry } from './entry.js'

const at = id => document.getElementById(id)
const search = at('search')
const appKey = at('app-key')
const masterSecret = at('master-secret')

/** Read when a request is sent, and kept nowhere else. */
const credentials = () => ({ appKey: appKey.value.trim(), masterSecret: masterSecret.value.trim() })

appKey.addEventListener('input', () => {
  at('who').textContent = appKey.value.trim() || 'none'
})
// On a phone the list would be in the way.
if (matchMedia('(max-width: 50rem)').matches) at('contents').open = false

try {
  const response = await fetch('/openapi.json', { credentials: 'omit' })
  show(await response.json())
} catch (error) {
  at('introduction').textContent = `The reference could not be loaded: ${error.message}`
}

function show(api) {
  document.title = api.info.title
  at('introduction').replaceChildren(
    ...api.info.description.split('\n').map(line => el('span', {}, `${line} `)),
    el('a', { href: '/openapi.json' }, 'OpenAPI document'),
  )
  const items = endpointsOf(api).map(endpoint => ({
    ...endpoint,
    element: entry(api, endpoint, credentials),
    link: el('a', { href: `#${endpoint.id}` }, endpoint.id),
  }))
  const sections = api.tags.map(({ name }) => {
    const own = items.filter(({ section }) => section === name)
    const part = el('section', {}, el('h3', {}, name), ...own.map(({ element }) => element))
    const list = el('div', {}, el('h3', {}, name), el('ul', {}, ...own.map(({ link }) => el('li', {}, link))))
    at('endpoints').append(part)
    at('sections').append(list)
    return { own, part, list }
  })
  search.addEventListener('input', () => filter(sections))
  addEventListener('hashchange', () => open(items))
  addEventListener('keydown', shortcuts)
  open(items)
}

/** Shows what has every word that is searched for. */
function filter(sections) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  let found = 0
  for (const { own, part, list } of sections) {
    let any = false
    for (const { words: text, element, link } of own) {
      const isFound = words.every(word => text.includes(word))
      element.hidden = !isFound
      link.parentElement.hidden = !isFound
      any ||= isFound
      found += isFound ? 1 : 0
    }
    part.hidden = !any
    list.hidden = !any
  }
  at('found').textContent = words.length > 0 ? `${found} found` : ''
}

/** Opens the endpoint that the address names. */
function open(items) {
  const item = items.find(({ id }) => id === decodeURIComponent(location.hash.slice(1)))
  if (!item) return
  item.element.open = true
  item.element.scrollIntoView()
  item.element.querySelector('summary').focus({ preventScroll: true })
}

function shortcuts(event) {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    search.focus()
  }
}
