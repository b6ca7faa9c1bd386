import type { AppFigures, Figures, PluginFigures } from '../figures.ts'
import { type Metric, metric, type Sample, single } from './metric.ts'

const PLUGIN_STATES: readonly PluginFigures['state'][] = ['working', 'resting', 'probing']

/** How Beadle is at the moment, as metrics. What the database cannot tell is left out. */
export function gauges(figures: Figures): Metric[] {
  const gauge = (name: string, help: string, read: Parameters<typeof metric>[3]) =>
    metric('gauge', name, help, read)
  return [
    gauge('beadle_waiting', 'Events and calls that wait or are under way', () => single(figures.waiting)),
    gauge('beadle_waiting_limit', 'So many may wait; then webhooks are refused', () =>
      single(figures.mostWaiting),
    ),
    gauge('beadle_plugin_waiting', 'Events that a plugin has not handled yet', () =>
      byPlugin(figures, ({ waiting }) => waiting),
    ),
    gauge('beadle_plugin_running', 'Handlers of a plugin that run', () =>
      byPlugin(figures, ({ running }) => running),
    ),
    gauge('beadle_plugin_state', '1 for the state that a plugin is in', () => states(figures)),
    metric(
      'counter',
      'beadle_plugin_errors_total',
      'Errors of a plugin, also those beside its handlers',
      () => byPlugin(figures, ({ errors }) => errors),
    ),
    gauge('beadle_outbox_waiting', 'Calls of an app that wait for their turn', () =>
      figures.apps.flatMap(({ name: app, depths }) =>
        Object.entries(depths).map(([priority, value]) => ({ labels: { app, priority }, value })),
      ),
    ),
    gauge('beadle_quota_limit', 'Calls a minute that JMessage allows an app', () =>
      byApp(figures, ({ quota }) => quota?.limit),
    ),
    gauge('beadle_quota_left', 'Calls of an app that can be made at once', () =>
      byApp(figures, ({ quota }) => quota?.left),
    ),
    gauge('beadle_jmessage_up', '0 while JMessage cannot be reached for an app', () =>
      byApp(figures, ({ outageSince }) => (outageSince === undefined ? 1 : 0)),
    ),
    gauge('beadle_database_up', '0 while the database refuses to take something', () =>
      single(figures.store.ok ? 1 : 0),
    ),
    gauge('beadle_database_bytes', 'Size of the database on disk', () => single(figures.databaseBytes())),
    gauge('beadle_parts', 'Parts of all conversations that this process sees to', () =>
      single(figures.parts),
    ),
    gauge('beadle_config_info', '1, with a hash of the configuration that runs', () =>
      figures.configuration.state ? [{ labels: { hash: figures.configuration.state.hash }, value: 1 }] : [],
    ),
    gauge('beadle_config_loaded_seconds', 'When the configuration that runs was read: epoch seconds', () =>
      single(figures.configuration.state && figures.configuration.state.loadedAt / 1000),
    ),
    gauge('beadle_config_refused', '1 when the last reload could not be applied as a whole', () =>
      single(figures.configuration.refusal ? 1 : 0),
    ),
    gauge('beadle_dead_letters', 'What failed for good and waits for a person', () =>
      ifReadable(async () =>
        Object.entries(await figures.dead()).map(([kind, value]) => ({ labels: { kind }, value })),
      ),
    ),
    gauge('beadle_broadcast_targets', 'Targets of the broadcasts under way, by what became of them', () =>
      ifReadable(async () =>
        (await figures.broadcasts()).map(({ state, targets: value }) => ({ labels: { state }, value })),
      ),
    ),
  ]
}

/** One metric that cannot be read must not take all the others with it. */
const ifReadable = (read: () => Promise<readonly Sample[]>): Promise<readonly Sample[]> =>
  read().catch(() => [])

/** Apps of which there is nothing to tell are left out. */
const byApp = ({ apps }: Figures, read: (app: AppFigures) => number | undefined): Sample[] =>
  apps.flatMap(app => single(read(app)).map(sample => ({ ...sample, labels: { app: app.name } })))

const byPlugin = ({ plugins }: Figures, read: (plugin: PluginFigures) => number): Sample[] =>
  plugins.map(plugin => ({ labels: labelsOf(plugin), value: read(plugin) }))

const states = ({ plugins }: Figures): Sample[] =>
  plugins.flatMap(plugin =>
    PLUGIN_STATES.map(state => ({
      labels: { ...labelsOf(plugin), state },
      value: plugin.state === state ? 1 : 0,
    })),
  )

const labelsOf = ({ bot, plugin }: PluginFigures) => ({ bot, plugin })
