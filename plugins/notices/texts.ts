/** What the plugin says. Notices themselves are as the settings have them. */
export const texts = {
  en: {
    unknown: 'There is no notice {name}. There are: {names}.',
    none: 'none',
    noNotices: 'There are no notices.',
    line: '{name}: {next}',
    isPaused: 'The notice {name} is paused.',
    isOn: 'The notice {name} is on again, next {next}.',
    sent: 'The notice {name} was sent.',
    paused: 'paused',
    never: 'never',
  },
  zh: {
    unknown: '没有提醒 {name}。现有：{names}。',
    none: '无',
    noNotices: '没有提醒。',
    line: '{name}：{next}',
    isPaused: '提醒 {name} 已暂停。',
    isOn: '提醒 {name} 已恢复，下次：{next}。',
    sent: '提醒 {name} 已发送。',
    paused: '已暂停',
    never: '不再发送',
  },
} as const
