import type { PluginContext } from '@meshwright/plugin-sdk';
import { fakeContext, realCharts } from '@meshwright/plugin-testkit';

/** A context with Istio's own charts. */
export async function contextWithRealCharts(): Promise<PluginContext> {
  return { ...fakeContext(), charts: await realCharts('MESHWRIGHT_TEST_ISTIO_CHARTS') };
}
