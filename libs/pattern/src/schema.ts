import {
  Conflicts,
  MeshMode,
  MutualTls,
  OnFailure,
  OnInconclusive,
  OnRegression,
  patternApiVersion,
  type PerformanceGate,
  UpgradeStrategy,
} from '@meshwright/model';
import { dnsLabel, labels } from '@meshwright/document';
import { minVersion, valid } from 'semver';
import { z } from 'zod';
import { approval } from './approval.ts';
import { globProblem, hasWildcards } from './glob.ts';
import { gateLimits } from './profile/metric-limits.ts';
import { refuseDuplicates } from './refuse-duplicates.ts';

const version = z
  .string({ error: 'must be an exact version in quotes or with three numbers, such as 1.31.0' })
  .min(1)
  .max(100)
  .superRefine((text, context) => {
    if (valid(text) === text) return;
    const exact = valid(text) ?? lowestOf(text);
    const suggestion = exact === undefined ? 'Write it like 1.31.0.' : `Write ${exact}.`;
    context.addIssue({
      code: 'custom',
      message: 'must be one exact version (semver)',
      params: { code: 'inexact-version', suggestion },
    });
  });

/** The lowest version of a range; undefined when the text is no range either. */
function lowestOf(range: string): string | undefined {
  try {
    return minVersion(range)?.version;
  } catch {
    return undefined;
  }
}

const glob = z
  .string()
  .min(1)
  .max(512)
  .superRefine((text, context) => {
    const problem = globProblem(text);
    if (problem === undefined) return;
    const { message, suggestion } = problem;
    context.addIssue({ code: 'custom', message, params: { code: 'invalid-glob', suggestion } });
  });

const globs = z.array(glob).max(100);

/** A file of the repository: a glob without wildcards. */
const filePath = glob.superRefine((text, context) => {
  if (!hasWildcards(text)) return;
  context.addIssue({
    code: 'custom',
    message: 'names one file, without wildcards',
    params: { code: 'invalid-glob', suggestion: 'Write the path of the file.' },
  });
});

const target = z.strictObject({
  cluster: dnsLabel().describe('The name of a target of `meshwright.yaml`.'),
  wave: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Targets of a lower wave change first; those of one wave change together.'),
});

const chartName = z
  .string()
  .max(100)
  .regex(/^[a-zA-Z0-9](?:[-._a-zA-Z0-9]*[a-zA-Z0-9])?$/, 'must be the name of a chart');

const generation = z.int().min(1).max(10_000);

const mesh = z.strictObject({
  type: dnsLabel().describe('The id of a mesh plugin, such as `istio`.'),
  version: version.describe('One exact version of the mesh, without a leading `v`.'),
  mode: z
    .enum(Object.values(MeshMode))
    .default(MeshMode.sidecar)
    .describe(
      'The data plane, of those that the mesh has: proxies beside each workload, shared on the nodes for what enrolls, or the nodes themselves.',
    ),
  upgrade: z
    .enum(Object.values(UpgradeStrategy))
    .default(UpgradeStrategy.canary)
    .describe(
      'How a new version comes: as a second control plane that takes over, or in place of the first.',
    ),
  components: z
    .array(dnsLabel())
    .max(32)
    .default([])
    .superRefine(refuseDuplicates((name) => name, 'is named twice'))
    .describe('Optional parts of the mesh that its plugin knows, such as `cni` or `gateway`.'),
  values: z
    .record(chartName, z.record(z.string(), z.unknown()))
    .default({})
    .describe('Chart values by chart name, such as `istiod`; passed through untouched. No secrets.'),
  trust: z
    .strictObject({
      anchors: z
        .array(generation)
        .min(1)
        .max(3)
        .default([1])
        .superRefine(refuseDuplicates(String, 'is named twice'))
        .describe('The numbers of the trust anchors that proxies believe; two while they are rotated.'),
      issuer: generation
        .default(1)
        .describe('The number of the issuer, which the newest of the anchors signs when it is made.'),
    })
    .optional()
    .describe(
      'Which of the mesh’s own keys are in use, where Meshwright makes them: each number is made once and kept on the target.',
    ),
});

const workload = z.strictObject({
  namespace: dnsLabel().describe('The namespace of the workload.'),
  enroll: z
    .boolean()
    .default(true)
    .describe(
      "Whether the namespace's workloads join the mesh: labelled and restarted as the mesh wants it.",
    ),
  waypoint: z
    .boolean()
    .default(false)
    .describe("Whether the namespace's traffic goes through a waypoint of its own, in ambient mode."),
  manifests: globs
    .default([])
    .describe("Globs of the workload's manifests, relative to the repository's root."),
});

const change = z.strictObject({
  onFailure: z
    .enum(Object.values(OnFailure))
    .default(OnFailure.rollback)
    .describe(
      'What becomes of a change whose stage fails: `rollback` takes it back by itself, `stop` leaves it there until a person decides.',
    ),
  conflicts: z
    .enum(Object.values(Conflicts))
    .default(Conflicts.refuse)
    .describe(
      'What becomes of a field that somebody else owns: `refuse` refuses the plan with the name of the owner, `take` takes the field over.',
    ),
  deleteBudget: z
    .int()
    .min(0)
    .max(10_000)
    .default(50)
    .describe('How many objects a change may delete without asking; a plan that deletes more asks first.'),
  restartsAtOnce: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('How many workloads restart at once; the next ones wait until these are ready.'),
});

const performance = z
  .strictObject({
    profile: filePath.describe(
      "The file of the performance profile, relative to the repository's root; not below the patterns' folder.",
    ),
    gate: gateLimits
      .default({})
      .describe(
        'Limits that stand before those of the profile, such as `p99: 10%`, `p99: 2ms` or `errorRate: 0.5pp`.',
      ),
    onRegression: z
      .enum(Object.values(OnRegression))
      .default(OnRegression.rollback)
      .describe(
        'What becomes of a change that made it worse: taken back, held until a person decides, or only reported.',
      ),
    onInconclusive: z
      .enum(Object.values(OnInconclusive))
      .exactOptional()
      .describe(
        'What becomes of a change that could not be judged: held until a person decides, or reported and kept; `hold` unless ' +
          '`onRegression` is `report`.',
      ),
  })
  .transform(({ onInconclusive, ...rest }): PerformanceGate => {
    const usual = rest.onRegression === OnRegression.report ? OnInconclusive.report : OnInconclusive.hold;
    return { ...rest, onInconclusive: onInconclusive ?? usual };
  });

const serviceAccount = z.strictObject({
  namespace: dnsLabel().describe('Its namespace.'),
  name: z
    .string()
    .max(253)
    .regex(
      /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
      'must be the name of a service account as Kubernetes has them',
    )
    .describe('Its name.'),
});

/** The pattern format, `meshwright.dev/v1alpha1`: what people write in, a `Pattern` with its defaults out. */
export const patternSchema = z.strictObject({
  apiVersion: z.literal(patternApiVersion).describe('The version of the format.'),
  kind: z.literal('Pattern').describe('Always `Pattern`.'),
  metadata: z
    .strictObject({
      name: dnsLabel().describe('The name of the pattern; unique in the repository.'),
      labels: labels()
        .optional()
        .describe('Labels for people and programs that look patterns up; they change nothing.'),
    })
    .describe('Who the pattern is.'),
  spec: z
    .strictObject({
      targets: z
        .array(target)
        .min(1)
        .max(500)
        .superRefine(refuseDuplicates(({ cluster }) => cluster, 'is a target already', ['cluster']))
        .describe('The clusters that get this mesh.'),
      mesh: mesh.describe('The mesh itself.'),
      workloads: z
        .array(workload)
        .max(500)
        .default([])
        .superRefine(refuseDuplicates(({ namespace }) => namespace, 'is a workload already', ['namespace']))
        .describe('The namespaces that belong to the mesh, and what runs in them.'),
      security: z
        .strictObject({
          mtls: z
            .enum(Object.values(MutualTls))
            .optional()
            .describe('Mutual TLS between workloads: `strict` refuses plain text, `permissive` takes both.'),
        })
        .optional()
        .describe('Mesh-neutral security policies.'),
      traffic: globs
        .default([])
        .describe("Globs of mesh-neutral routes (Gateway API), relative to the repository's root."),
      resources: globs
        .default([])
        .describe("Globs of native resources, applied untouched, relative to the repository's root."),
      performance: performance
        .optional()
        .describe(
          'What a change may cost in performance. Read and checked, but not acted on yet: nothing is measured for it.',
        ),
      change: change.prefault({}).describe('How a change is carried out.'),
      serviceAccount: serviceAccount
        .optional()
        .describe(
          'Whom the targets are read and changed as, by impersonation; the engine itself when not given.',
        ),
      approval: approval.prefault({}).describe('Whether and by whom a plan is approved.'),
    })
    .superRefine(({ mesh: { mode }, workloads }, context) => {
      for (const [index, { waypoint }] of workloads.entries()) {
        if (!waypoint || mode === MeshMode.ambient) continue;
        context.addIssue({
          code: 'custom',
          path: ['workloads', index, 'waypoint'],
          message: `has no effect: waypoints belong to ambient mode, and spec.mesh.mode is ${mode}`,
          params: { code: 'waypoint-without-effect', suggestion: 'Remove it, or write mode: ambient.' },
        });
      }
    })
    .describe('What is wanted.'),
});
