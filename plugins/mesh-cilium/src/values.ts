import type { MeshSpec } from '@meshwright/model';
import { type ChartValues, mergedValues } from '@meshwright/plugin-sdk';
import { chart, Component } from './names.ts';

/**
 * Where the pattern is silent: certificates are made in the cluster by a Job, and renewed by a CronJob. The chart's own
 * default makes others with every render, and puts their keys into the manifests.
 */
const defaults: ChartValues = {
  hubble: { tls: { auto: { method: 'cronJob' } } },
  clustermesh: { apiserver: { tls: { auto: { method: 'cronJob' } } } },
};

/** What turns a component on. */
export const componentValues: Record<Component, ChartValues> = {
  [Component.hubble]: { hubble: { enabled: true, relay: { enabled: true } } },
  [Component.hubbleUi]: { hubble: { ui: { enabled: true } } },
  [Component.mutualAuthentication]: {
    authentication: { enabled: true, mutual: { spire: { enabled: true } } },
  },
  // The chart asks what the cluster serves at the time; the plan looks at that before.
  [Component.gatewayApi]: { gatewayAPI: { enabled: true, gatewayClass: { create: 'true' } } },
};

/** The chart's values of a mesh: the pattern's own over the defaults, the components, and whose defaults stay. */
export function valuesOf({ values, components }: MeshSpec, compatibility: string): ChartValues {
  const own = Object.values(Component)
    .filter((component) => components.includes(component))
    .map((component) => componentValues[component]);
  return [values[chart] ?? {}, ...own, { upgradeCompatibility: compatibility }].reduce(
    mergedValues,
    defaults,
  );
}

/** The values of the release that only checks, of Cilium's upgrade guide. */
export function preFlightValues(values: ChartValues): ChartValues {
  return mergedValues(values, {
    preflight: { enabled: true },
    agent: false,
    operator: { enabled: false },
  });
}
