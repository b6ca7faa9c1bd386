export { mainSettings } from './main-settings.ts'
export { type ExplainedSetting, explainSettings } from './settings.ts'
