import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { endpoints } from '../../src/protocol/index.ts'
import { APP, ok, world } from '../server/world.ts'

/** Where a browser may be; `BROWSER_PATH` names another. Nothing is downloaded. */
const executablePath = [
  process.env.BROWSER_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find(path => path !== undefined && existsSync(path))

if (!executablePath)
  console.log('The reference is not tested in a browser: none was found. BROWSER_PATH can name one.')

describe.skipIf(!executablePath)('the reference in a browser', () => {
  let browser: Browser

  beforeAll(async () => {
    // The sandbox of Chromium does not work for root, as in containers; the page is our own.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  /** The reference of a server of its own, with every complaint of the browser and every request it made. */
  async function opened(options: Parameters<Browser['newPage']>[0] = {}, hash = '') {
    const w = await world()
    const page = await browser.newPage(options)
    onTestFinished(() => page.close())
    const complaints: string[] = []
    const requests: string[] = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      // That a call was refused is shown on the page, and told by the browser, too.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
        complaints.push(message.text())
    })
    page.on('request', request => requests.push(request.url()))
    await page.goto(`${w.server.url}/docs${hash}`)
    await page.locator('.endpoint').first().waitFor()
    return { w, page, complaints, requests }
  }

  const signIn = async (page: Page) => {
    await page.locator('.app > summary').click()
    await page.getByLabel('appKey').fill(APP.appKey)
    await page.getByLabel('masterSecret').fill(APP.masterSecret)
    await page.locator('.app > summary').click()
  }
  const part = (page: Page, id: string) => page.locator(`[id="${id}"]`)
  const answer = (page: Page, id: string) => part(page, id).locator('.answer')

  test('has every endpoint, each with its parts, and nothing the browser complains about', async () => {
    const { page, complaints, requests, w } = await opened()
    await page.evaluate(`for (const part of document.querySelectorAll('.endpoint')) part.open = true`)
    await page.locator('.endpoint').last().locator('h4').first().waitFor()
    expect(await page.locator('.endpoint').count()).toBe(Object.keys(endpoints).length + 1)
    const text = await page.evaluate<string>('document.body.textContent')
    expect(text).not.toMatch(/undefined|NaN|\[object/)
    expect(complaints).toEqual([])
    expect(requests.filter(url => !url.startsWith(w.server.url))).toEqual([])
  })

  test('finds by path, field and error code', async () => {
    const { page } = await opened()
    const visible = async (words: string) => {
      await page.getByRole('searchbox').fill(words)
      return page.locator('.endpoint:visible').evaluateAll(found => found.map(({ id }) => id))
    }
    expect(await visible('855001')).toEqual(['messages.retract'])
    expect(await visible('old_word')).toEqual(['sensitivewords.update'])
    expect(await visible('POST addMembers')).toEqual(['groups.members.add'])
    expect(await visible('no such thing')).toEqual([])
    await page.getByText('0 found').waitFor()
    expect((await visible('')).length).toBeGreaterThan(Object.keys(endpoints).length)
  })

  test('sends the request and shows what came of it', async () => {
    const { page, w } = await opened({}, '#users.register')
    const send = () => part(page, 'users.register').getByRole('button', { name: 'Send' }).click()
    await send()
    await answer(page, 'users.register').getByText('899007').waitFor()
    await signIn(page)
    await send()
    const shown = answer(page, 'users.register')
    await shown.getByText('201').waitFor()
    expect(await shown.innerText()).toMatch(
      /201 Created in \d+ ms[\s\S]*content-type: application\/json[\s\S]*"dev_fang"/,
    )
    ok(await w.call('GET', '/v1/users/dev_fang'))
  })

  test('fills paths and queries in, and uploads files', async () => {
    const { page, w } = await opened()
    await w.users('a.b-c@d')
    await signIn(page)
    await page.getByRole('link', { name: 'users.forbidden', exact: true }).click()
    await part(page, 'users.forbidden').getByLabel('username').fill('a.b-c@d')
    await part(page, 'users.forbidden').getByLabel('disable').selectOption('true')
    await part(page, 'users.forbidden').getByText('As a command').click()
    expect(await part(page, 'users.forbidden').locator('form pre').innerText()).toBe(
      `curl -u "$APP_KEY:$MASTER_SECRET" -X PUT '${w.server.url}/v1/users/a.b-c%40d/forbidden?disable=true'`,
    )
    await part(page, 'users.forbidden').getByRole('button', { name: 'Send' }).click()
    await answer(page, 'users.forbidden').getByText('204').waitFor()

    await page.getByRole('link', { name: 'resource.upload', exact: true }).click()
    await part(page, 'resource.upload').getByLabel('type').selectOption('file')
    const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }
    await part(page, 'resource.upload').getByLabel('File').setInputFiles(file)
    await part(page, 'resource.upload').getByRole('button', { name: 'Send' }).click()
    await answer(page, 'resource.upload').getByText('"fname": "a.txt"').waitFor()
  })

  test('keeps the secret in memory: not in an address, a store, a cookie or the text of the page', async () => {
    const { page, requests } = await opened({}, '#users.list')
    await signIn(page)
    await part(page, 'users.list').getByText('As a command').click()
    await part(page, 'users.list').getByRole('button', { name: 'Send' }).click()
    await answer(page, 'users.list').getByText('200').waitFor()
    const kept = await page.evaluate(
      `JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }, document.body.innerHTML])`,
    )
    expect(kept).not.toContain(APP.masterSecret)
    expect(requests.filter(url => url.includes(APP.masterSecret))).toEqual([])
    await page.reload()
    expect(await page.locator('#master-secret').inputValue()).toBe('')
  })

  test('goes by keyboard alone', async () => {
    const { page } = await opened()
    await page.keyboard.press('/')
    await page.keyboard.type('users.deleteBatch')
    const focused = () => page.evaluate<string>('document.activeElement.innerText')
    const tabTo = async (text: RegExp) => {
      for (let steps = 0; steps < 20 && !text.test(await focused()); steps++) await page.keyboard.press('Tab')
      expect(await focused()).toMatch(text)
    }
    await tabTo(/Delete up to 100 users/)
    await page.keyboard.press('Enter')
    await tabTo(/^Send$/)
    await page.keyboard.press('Enter')
    await answer(page, 'users.deleteBatch').getByText('899007').waitFor()
  })

  test.each(['light', 'dark'] as const)('fits on a phone, %s', async colorScheme => {
    const { page } = await opened({ viewport: { width: 360, height: 740 }, colorScheme }, '#messages.send')
    await part(page, 'messages.send').locator('form').waitFor()
    const [width, background] = await page.evaluate<[number, string]>(
      `[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]`,
    )
    expect(width).toBe(360)
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(255, 255, 255)')
  })
})
