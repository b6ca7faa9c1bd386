import { defineTexts } from '../../texts/texts.ts'

/** What is said in dialogues, beside the questions. */
export const dialogueTexts = defineTexts({
  en: {
    cancelled: 'Cancelled.',
    timeout: 'No answer came in time, so this is over.',
    tries: 'No answer fitted, so this is over.',
    full: 'Too many questions are open already. Please try again later.',
    text: 'Please answer with a text.',
    wanted: 'Please answer with {expects}.',
    choose: 'Please choose one of these:',
    mean: "Did you mean '{choice}'?",
    decide: 'Please answer yes or no.',
    'yes-no': '{question} (yes/no)',
    unfit: 'That will not do. Please try again.',
    stop: "To stop, say '{word}'.",
    word: 'cancel',
  },
  zh: {
    cancelled: '已取消。',
    timeout: '没有及时收到回答，对话已结束。',
    tries: '几次回答都不合适，对话已结束。',
    full: '未回答的问题太多，请稍后再试。',
    text: '请用文字回答。',
    wanted: '请回答{expects}。',
    choose: '请从以下选项中选择：',
    mean: '您是想说“{choice}”吗？',
    decide: '请回答“是”或“否”。',
    'yes-no': '{question}（是/否）',
    unfit: '这个回答不合适，请再试一次。',
    stop: '说“{word}”即可结束。',
    word: '取消',
  },
})

/** Words that end a dialogue, besides the first of them after the bot's prefix. */
export const CANCEL_WORDS = ['cancel', '取消'] as const
export const YES_WORDS = ['yes', 'y', '是', '是的', '好', '好的', '确认', '确定'] as const
export const NO_WORDS = ['no', 'n', '否', '不', '不是', '不要'] as const
