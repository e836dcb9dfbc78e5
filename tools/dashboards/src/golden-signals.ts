import {
  type GoldenQueries,
  type GoldenSignals,
  replacePlaceholders,
  type SignalQuery,
  type SignalUnit,
} from '@meshwright/plugin-sdk';
import type { Dashboard } from './grafana.ts';
import { chooseLabel, layOut, type Section, type Shown } from './layout.ts';

/** A mesh in one of its modes. */
export interface AskedMesh {
  id: string;
  displayName: string;
  mode: string;
  signals: GoldenSignals;
}

/** The golden signals of one workload, which is chosen above, and of the control plane. */
export function goldenSignalsDashboard({ id, displayName, mode, signals }: AskedMesh): Dashboard {
  const { series, namespaceLabel, workloadLabel } = signals.subjects;
  const withNamespace = `${series.slice(0, -1)}, ${namespaceLabel}="$namespace"}`;
  return layOut(
    {
      title: `${displayName} golden signals (${mode})`,
      uid: `meshwright-${id}-${mode}`,
      description: `Traffic, errors, latency and saturation of one workload, and the control plane of ${displayName}, by the queries of Meshwright's plugin.`,
      tags: ['meshwright', id],
    },
    [
      chooseLabel('namespace', 'Namespace', `label_values(${series}, ${namespaceLabel})`),
      chooseLabel('workload', 'Workload', `label_values(${withNamespace}, ${workloadLabel})`),
    ],
    sectionsOf(signals.queries),
  );
}

function sectionsOf(queries: GoldenQueries): Section[] {
  const { requestRate, errorShare, latencyP50, latencyP90, latencyP99 } = queries;
  const { proxyCpu, proxyMemory, controlPlaneCpu, controlPlaneMemory } = queries;
  const { configurationDelay, configurationRejects } = queries;
  const optional = [configurationDelay, configurationRejects].filter((query) => query !== undefined);
  return [
    {
      title: '$namespace / $workload',
      panels: [
        shownOf(requestRate),
        shownOf(errorShare),
        {
          title: 'Latency',
          description:
            'As far as the buckets of the mesh tell; verdicts come from measurements, not from here.',
          unit: units[latencyP99.unit],
          queries: { p50: inGrafana(latencyP50), p90: inGrafana(latencyP90), p99: inGrafana(latencyP99) },
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [proxyCpu, proxyMemory, controlPlaneCpu, controlPlaneMemory].map(shownOf),
    },
    ...(optional.length === 0 ? [] : [{ title: 'Configuration', panels: optional.map(shownOf) }]),
  ];
}

const units: Readonly<Record<SignalUnit, string>> = {
  'requests/s': 'reqps',
  share: 'percentunit',
  ms: 'ms',
  s: 's',
  cores: 'short',
  bytes: 'bytes',
  '1/s': 'cps',
};

function shownOf(query: SignalQuery): Shown {
  const { title, unit } = query;
  return { title, unit: units[unit], queries: { [unit === 'cores' ? 'cores' : title]: inGrafana(query) } };
}

/** Grafana puts values in by itself: of a choice of one it escapes what a string takes for itself. */
function inGrafana({ promql }: SignalQuery): string {
  return replacePlaceholders(promql, {
    namespace: '$namespace',
    workload: '$workload',
    workloadPattern: '$workload',
    window: '$__rate_interval',
  });
}
