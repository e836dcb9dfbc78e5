import type { ChartRequest } from '@meshwright/model';

/** A request for the test chart, with what a test wants otherwise. */
export function requestFor(overrides: Partial<ChartRequest> = {}): ChartRequest {
  return {
    chart: 'demo',
    version: '1.2.3',
    releaseName: 'demo',
    namespace: 'demo-system',
    values: {},
    kubeVersion: '1.36.3',
    apiVersions: [],
    includeCrds: true,
    ...overrides,
  };
}
