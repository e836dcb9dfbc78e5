import { MeshwrightError } from '@meshwright/model';
import {
  canRunNode,
  ensurePart,
  ISTIO_VERSION,
  istioCharts,
  istioValues,
  type ProgressReporter,
  startTestbed,
  type Testbed,
} from '@meshwright/testbed';
import type { ExampleChanges, Surroundings } from './workspace.ts';

/** What a person may give instead of what the quickstart would bring up. */
export interface Given {
  profile?: 'node' | 'control-plane';
  kubeconfig?: string;
  temporal?: string;
  install: boolean;
}

/** A cluster and a Temporal server that run, and how the example must look there. */
export interface Stage {
  testbed: Testbed | undefined;
  surroundings: Surroundings;
  changes: ExampleChanges;
  /** Whether pods really run, so that traffic can be looked at. */
  real: boolean;
}

/** Brings up what was not given: a node where the machine can run one, else a control plane with simulated pods. */
export async function prepareStage(
  name: string,
  given: Given,
  progress: ProgressReporter,
  signal: AbortSignal,
): Promise<Stage> {
  const testbed = await startParts(name, given, progress, signal);
  const options = { progress, signal, install: given.install };
  const ours = given.kubeconfig === undefined;
  const surroundings: Surroundings = {
    kubeconfig: given.kubeconfig ?? required(testbed).kubeconfig,
    temporal: temporalOf(given, testbed),
    helm: await ensurePart('helm', options),
    ...(ours ? { charts: { istio: await istioCharts(options) } } : {}),
  };
  return { testbed, surroundings, ...exampleFor(given, testbed) };
}

async function startParts(
  name: string,
  given: Given,
  progress: ProgressReporter,
  signal: AbortSignal,
): Promise<Testbed | undefined> {
  const kubernetes = given.kubeconfig === undefined;
  const temporal = given.temporal === undefined;
  if (!kubernetes && !temporal) return undefined;
  const profile = kubernetes ? (given.profile ?? (await bestProfile(progress))) : 'control-plane';
  return startTestbed({
    name,
    profile,
    kubernetes,
    temporal,
    install: given.install,
    progress,
    signal,
  });
}

async function bestProfile(progress: ProgressReporter): Promise<'node' | 'control-plane'> {
  const capability = await canRunNode();
  if (capability.possible) return 'node';
  progress.note(`Pods will be simulated and no traffic will flow, because ${capability.reason}.`);
  return 'control-plane';
}

function temporalOf(given: Given, testbed: Testbed | undefined): Surroundings['temporal'] {
  if (given.temporal !== undefined) return { address: given.temporal, namespace: 'default' };
  const { temporal } = required(testbed);
  if (temporal === undefined) throw new MeshwrightError('INTERNAL', 'The testbed started without Temporal.');
  return { address: temporal.address, namespace: temporal.namespace, ui: temporal.ui };
}

/** The testbed's own images need values of their own; simulated pods cannot take part in a mesh. */
function exampleFor(given: Given, testbed: Testbed | undefined): Pick<Stage, 'changes' | 'real'> {
  if (given.kubeconfig !== undefined) return { changes: { values: {}, simulated: false }, real: true };
  const real = required(testbed).profile === 'node';
  const values = real ? { istiod: { ...istioValues(ISTIO_VERSION) } } : {};
  return { changes: { values, simulated: !real }, real };
}

function required(testbed: Testbed | undefined): Testbed {
  if (testbed === undefined) throw new MeshwrightError('INTERNAL', 'There is no testbed to ask.');
  return testbed;
}
