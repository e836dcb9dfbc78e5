import { chartsOf, type MeshEntry, meshes, timePlans } from '@meshwright/conformance';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  programPart,
  withTestbed,
} from '../benchmark.ts';
import { caseReport, type CaseReport } from '../measuring/report.ts';

const times = { usual: 10, quick: 2 };
const warmEach = 5;
const goals = { cold: 2_000, warm: 300 };
const arm = { name: 'meshwright', description: 'the planning of the cluster agent, in this process' };

/** Planning each mesh while nothing of it changes. */
export const meshesBenchmark: Benchmark = {
  name: 'meshes',
  summary: 'the plan of every mesh that changes nothing, by planning that is new and that runs',
  run: (options) => makeReport('meshes', options, () => measureMeshes(options)),
};

function measureMeshes(options: BenchmarkOptions): Promise<Findings> {
  const parts = { benchmark: 'meshes', profile: 'control-plane', temporal: false } as const;
  return withTestbed(parts, options, async ({ kubeconfig }) => {
    const helm = (await programPart('helm', options)).path;
    const cases: CaseReport[] = [];
    const left: string[] = [];
    for (const entry of meshes) {
      const charts = await chartsOf(entry, options.charts);
      if (charts === undefined) left.push(entry.subject.plugin.displayName);
      else cases.push(...(await measureMesh(entry, { kubeconfig, helm, charts }, options)));
    }
    return { versions: {}, notes: [...notes, ...left.map(withoutCharts)], cases };
  });
}

async function measureMesh(
  entry: MeshEntry,
  place: Parameters<typeof timePlans>[1],
  { quick, repetitions = quick ? times.quick : times.usual, progress }: BenchmarkOptions,
): Promise<CaseReport[]> {
  const { plugin, versions } = entry.subject;
  const name = `${plugin.displayName} ${versions.newer}`;
  const task = progress.begin(`plans of ${name}`);
  const { cold, warm } = await timePlans(entry, place, { repetitions, warmEach });
  task.succeed(`${cold.length + warm.length} plans`);
  return [planCase(`${name}, cold`, cold, goals.cold), planCase(`${name}, warm`, warm, goals.warm)];
}

function planCase(name: string, values: readonly number[], goal: number): CaseReport {
  const limits = [{ arm: arm.name, statistic: 'median', goal } as const];
  const samples = values.map((value, index) => ({
    repetition: index + 1,
    arm: arm.name,
    place: 1,
    startedAt: new Date().toISOString(),
    value,
  }));
  return caseReport({ name, unit: 'ms', limits }, [arm], samples);
}

function withoutCharts(mesh: string): string {
  return `${mesh} was not measured: its charts cannot be had from here. Give them with --charts.`;
}

const notes = [
  'The mesh section of the conformance suite with one workload and one native resource, installed on a real API server with simulated nodes; nothing has changed. From the call of planning to the plan, without Temporal.',
  'Cold: connections, discovery, charts and what was rendered of them are new. Warm: the same again, five times each.',
];
