import { definePlugin, type Message } from 'beadle'
import { addCommands } from './commands.ts'
import { Filter } from './filter.ts'
import { Settings } from './settings.ts'
import { texts } from './texts.ts'
import { WordFinder } from './word-finder.ts'

/** Keeps order: takes back messages with forbidden words, and gives moderators the commands they need. */
export default definePlugin({
  name: 'warden',
  description: {
    en: 'Forbidden words, and commands for moderators: mute, ban, kick, do-not-disturb',
    zh: '敏感词过滤，以及管理员命令：禁言、封禁、移出、免打扰',
  },
  texts,
  config: Settings,
  setup(ctx, settings) {
    const finder = new WordFinder(settings.words)
    const filter = new Filter(ctx, settings.actions)
    const watched = (message: Message): boolean => {
      const places = message.group ? settings.groups : message.room ? settings.rooms : 'all'
      return places === 'all' || places.includes(Number(message.chat.id))
    }
    ctx.on('message.text', async (message, next, context) => {
      const isFree = !watched(message) || ctx.hasRole(message.sender, 'moderator')
      const finding = isFree ? undefined : finder.find(message.text)
      if (finding) await filter.enforce(message, finding, context)
      else await next()
    })
    addCommands(ctx, settings)
  },
})
