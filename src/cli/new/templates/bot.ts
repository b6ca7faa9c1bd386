import { stringify } from 'yaml'

/** What a bot's file begins as. */
export interface BotTemplate {
  readonly username: string
  readonly nickname?: string | undefined
  /** Settings by the names of the plugins. */
  readonly plugins: Readonly<Record<string, unknown>>
}

export const botYaml = ({ username, nickname, plugins }: BotTemplate): string => `\
# A bot. Its id is the name of this file. Every key: docs/configuration.md of Beadle.
# It has an account of its own, which Beadle makes at the first start.
username: ${inline(username)}
${nickname === undefined ? '# nickname: Helper' : `nickname: ${inline(nickname)}`}

# Commands begin with this: /hello
prefix: '/'

# Times in this file are those of this zone.
timezone: UTC

# Who may do what. Owners have every role.
roles:
  owner: [alice]

# What it can do: names of plugins, each with its settings.
${stringify({ plugins }, { lineWidth: 0 })}`

const inline = (text: string): string => stringify(text, { lineWidth: 0 }).trimEnd()
