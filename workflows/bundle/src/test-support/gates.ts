import { Contrast, type GatePlan, LoadProtocol, type PlanSummary, type TrialInput } from '@meshwright/model';
import { samplePlan } from './samples.ts';
import type { World } from './world.ts';

const way = { endpoint: { protocol: LoadProtocol.http1, address: 'http://shop.example/' } };
const probeIn = (namespace: string) => ({
  cluster: 'local',
  namespace,
  labelSelector: 'app=client',
  port: 8_080,
});

/** Measured before and after, less what a control saw; a regression is taken back. */
export const sampleGate: GatePlan = {
  profile: 'shop',
  contrast: Contrast.controlled,
  reason: 'before and after, less what a control saw',
  generator: 'builtin',
  agent: 'local',
  load: {
    rate: 150,
    connections: 8,
    warmUpSeconds: 5,
    seconds: 20,
    arrivals: 'uniform',
    timeoutSeconds: 5,
  },
  looks: [7],
  metrics: [{ name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } }],
  errorMargin: 0.005,
  measurements: [
    {
      endpoint: 'cart',
      paths: { a: way, b: way },
      control: {
        probe: probeIn('control'),
        endpoint: { ...way.endpoint, address: 'http://127.0.0.1:8080/' },
      },
    },
  ],
  onRegression: 'rollback',
  onInconclusive: 'hold',
  unmeasured: [],
};

/** The same, with an eye on errors while the change runs. */
export const watchedGate: GatePlan = { ...sampleGate, watch: way };

/** Pods of both control planes, between the two stages of the sample plan. */
export const liveGate: GatePlan = {
  ...sampleGate,
  contrast: Contrast.concurrent,
  afterStage: 'base',
  probes: { namespaces: ['shop-before', 'shop-after'], staysOpen: false },
  measurements: [
    {
      endpoint: 'cart',
      paths: {
        a: { probe: probeIn('shop-before'), endpoint: way.endpoint },
        b: { probe: probeIn('shop-after'), endpoint: way.endpoint },
      },
    },
  ],
};

/** Switched on and off, without a control. */
export const toggledGate: GatePlan = {
  ...sampleGate,
  contrast: Contrast.toggled,
  measurements: [{ endpoint: 'cart', paths: { a: way, b: way } }],
};

/** Has the plans of a world measured. */
export function planWith({ targets }: World, gate: GatePlan, more: Partial<PlanSummary> = {}): void {
  targets.behaviour.planChange = (input) =>
    Promise.resolve({ ...samplePlan(input), action: 'configure', gate, ...more });
}

/** Whether a trial was asked of the control. */
export function isControl({ probe }: TrialInput): boolean {
  return probe?.namespace === 'control';
}

/** Whether stages of the change are in place at the moment; false after the way back. */
export function isChanged({ targets }: World): boolean {
  const applied = targets.calls.filter(({ activity }) => activity === 'applyStage').at(-1)?.stage;
  return applied !== undefined && !applied.startsWith('undo-');
}
