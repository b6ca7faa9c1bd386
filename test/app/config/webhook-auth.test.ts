import { expect, test } from 'vitest'
import { z } from 'zod'
import { formatProblem, validate } from '../../../src/app/config/index.ts'
import { valueFile } from '../../../src/app/config/value-file.ts'
import { WebhookAuth } from '../../../src/index.ts'

const Settings = z.strictObject({ auth: WebhookAuth })
const KINDS = 'none, bearer, basic, header, hmac-sha256, standard-webhooks, github, gitlab, stripe, slack'
const NO_TYPE = `f  auth.type: must be one of ${KINDS}; it may be left out beside ips only (got nothing)`
const ELSEWHERE = '\n  hint: it goes with another choice than the one beside it'

test.each<[unknown, ...problems: string[]]>([
  [{}, NO_TYPE],
  [{ token: '12345678' }, `f  auth.token: is not known here${ELSEWHERE}`, NO_TYPE],
  [
    { type: 'githb', secret: '12345678' },
    'f  auth.type: must be "none", "bearer", "basic", "header", "hmac-sha256", "standard-webhooks", "github", "gitlab", "stripe" or "slack" (got "githb")\n  hint: did you mean "github"?',
  ],
  [
    { type: 'github', token: '12345678' },
    'f  auth.secret: is required\n  hint: must be a string, or a list of strings: each of them is accepted, as while a secret is changed',
    `f  auth.token: is not known here${ELSEWHERE}`,
  ],
  [
    { type: 'gitlab', token: ['12345678', 'hush'] },
    'f  auth.token[1]: must be at least 8 characters: the address of a webhook is public, and short secrets are guessed',
  ],
  [
    { ips: ['example.com'] },
    'f  auth.ips[0]: must be an IP address, or several as in 10.0.0.0/8 or 2001:db8::/32; names of hosts are not looked up (got "example.com")',
  ],
])('of %j is told what is wrong, and no secret', (auth, ...problems) => {
  expect(validate(valueFile('f', { auth }), Settings).problems?.map(formatProblem)).toEqual(problems)
})
