import { join } from 'node:path';
import { applyObjects, connectCluster } from '@meshwright/cluster';
import { istioCharts, ISTIO_VERSION } from '@meshwright/testbed';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  programPart,
  withDirectory,
  withTestbed,
} from '../benchmark.ts';
import { type Arm, interleave } from '../measuring/arms.ts';
import { caseReport, type CaseReport } from '../measuring/report.ts';
import { openDistance } from './distance.ts';
import { istioDefinitions } from './objects.ts';
import { openStage, type Stage } from './stage.ts';
import { applyWays, engineName, kubectlName, type Way } from './ways.ts';

/** How many objects, and how many repetitions are enough for that many. */
const sizes = [
  { objects: 10, repetitions: 15 },
  { objects: 100, repetitions: 15 },
  { objects: 1_000, repetitions: 11 },
];
const quickRepetitions = 2;
const goals = { first: 0.5, again: 0.1 };

/** Applying VirtualServices, against kubectl. */
export const applyBenchmark: Benchmark = {
  name: 'apply',
  summary: '10, 100 and 1,000 VirtualServices: the first apply and an unchanged one, against kubectl',
  run: (options) => makeReport('apply', options, () => measureApply(options)),
};

/** Each number of objects has an API server of its own: what was created and deleted before slows it down for a long time. */
async function measureApply(options: BenchmarkOptions): Promise<Findings> {
  const { delay } = options;
  const kubectl = await programPart('kubectl', options);
  const cases: CaseReport[] = [];
  let kubernetes = 'unknown';
  for (const size of sizes) {
    await withBed(kubectl.path, options, async ({ ways, stage, version }) => {
      const repetitions = options.repetitions ?? (options.quick ? quickRepetitions : size.repetitions);
      const sized = { ...options, objects: size.objects, repetitions };
      if (cases.length === 0) cases.push(await measureStart(ways, options));
      cases.push(await measureFirst(ways, stage, sized), await measureAgain(ways, stage, sized));
      kubernetes = version;
    });
  }
  const distance = `The network makes a round trip to the API server ${delay} ms longer.`;
  return {
    versions: { kubernetes, kubectl: kubectl.version ?? 'unknown', 'Istio definitions': ISTIO_VERSION },
    notes: [...notes, ...(delay === 0 ? [] : [distance])],
    cases,
  };
}

interface Bed {
  ways: readonly Way[];
  stage: Stage;
  /** Of Kubernetes. */
  version: string;
}

/** A control plane with Istio's definitions, and the ways to apply to it. */
function withBed(
  kubectl: string,
  options: BenchmarkOptions,
  body: (bed: Bed) => Promise<void>,
): Promise<void> {
  const { signal, progress, install, delay } = options;
  return withTestbed(
    { benchmark: 'apply', profile: 'control-plane', temporal: false },
    options,
    ({ kubeconfig }) =>
      withDirectory(async (directory) => {
        const charts = await istioCharts({ progress, signal, install });
        const distance =
          delay === 0 ? undefined : await openDistance(kubeconfig, { milliseconds: delay, directory });
        const reached = distance?.kubeconfig ?? kubeconfig;
        const client = connectCluster({ name: 'bench', kubeconfig });
        const kept = connectCluster({ name: 'bench', kubeconfig: reached });
        try {
          await applyObjects(client, await istioDefinitions(charts), { signal });
          const kubectlCache = join(directory, 'kubectl-cache');
          const ways = applyWays({ kubectl, kubeconfig: reached, client: kept, kubectlCache, signal });
          const stage = openStage(client, join(directory, 'objects'), signal);
          await body({ ways, stage, version: await client.version() });
        } finally {
          await kept.close();
          await client.close();
          await distance?.close();
        }
      }),
  );
}

const notes = [
  'All arms read the same files and speak to the same API server on this machine; etcd does not wait for the disk.',
  'The definitions are installed, no webhook of the mesh looks at the objects. Each first apply has a namespace of its own, made, and the cluster at rest, before the clock starts.',
  'Only Meshwright keeps an inventory and refuses what belongs to others; kubectl does neither. Both check fields strictly on the server.',
  'kubectl finds its discovery files warm. The engine keeps a connection to each cluster, which knows what is served and what it applied last; the other arms of Meshwright begin without one.',
];

type SizedOptions = BenchmarkOptions & { objects: number; repetitions: number };

async function measureFirst(ways: readonly Way[], stage: Stage, options: SizedOptions): Promise<CaseReport> {
  const { objects, repetitions, progress, signal } = options;
  const arms = ways.map((way, index): Arm => ({
    name: way.name,
    description: way.description,
    async measure(turn) {
      const namespace = `first-${objects}-${turn}-${index}`;
      const directory = await stage.prepare(namespace, objects);
      return way.apply({ directory, pattern: namespace, objects, expected: 'created' });
    },
  }));
  const name = `first apply of ${objects} VirtualServices`;
  const found = await interleave(arms, {
    title: name,
    repetitions,
    afterEach: () => stage.clear(),
    progress,
    signal,
  });
  return caseReport(
    { name, unit: 'ms', reference: kubectlName, ratioGoals: { [engineName]: goals.first } },
    arms,
    found,
  );
}

async function measureAgain(ways: readonly Way[], stage: Stage, options: SizedOptions): Promise<CaseReport> {
  const { objects, repetitions, progress, signal } = options;
  const name = `unchanged apply of ${objects} VirtualServices`;
  const arms: Arm[] = [];
  for (const [index, way] of ways.entries()) {
    const pattern = `again-${objects}-${index}`;
    const directory = await stage.prepare(pattern, objects);
    await way.apply({ directory, pattern, objects, expected: 'created' });
    const measure = (): ReturnType<Way['apply']> =>
      way.apply({ directory, pattern, objects, expected: 'unchanged' });
    arms.push({ name: way.name, description: way.description, measure });
  }
  const found = await interleave(arms, { title: name, repetitions, progress, signal });
  await stage.clear();
  return caseReport(
    { name, unit: 'ms', reference: kubectlName, ratioGoals: { [engineName]: goals.again } },
    arms,
    found,
  );
}

/** What the arms that are processes of their own pay before they can begin. */
async function measureStart(ways: readonly Way[], options: BenchmarkOptions): Promise<CaseReport> {
  const { progress, signal, quick, repetitions = quick ? quickRepetitions : 15 } = options;
  const name = 'start and end of a process that does nothing';
  const arms = ways.flatMap(({ start, ...way }): Arm[] =>
    start === undefined ? [] : [{ name: way.name, description: way.description, measure: () => start() }],
  );
  const found = await interleave(arms, { title: name, repetitions, progress, signal });
  return caseReport({ name, unit: 'ms', reference: kubectlName }, arms, found);
}
