import { openInventory, openKeptSecrets } from '@meshwright/cluster';
import {
  type MeshSpec,
  MeshwrightError,
  type PatternSnapshot,
  type PatternSpec,
  type Plan,
  type PlanChangeInput,
  type PlanSummary,
  Purpose,
  summarizePlan,
} from '@meshwright/model';
import type { MeshPlugin, MeshProblem } from '@meshwright/plugin-sdk';
import { refuseHeld } from './hold.ts';
import { observeTarget } from './observe.ts';
import { planApply } from './plan-apply.ts';
import { planUninstall } from './plan-uninstall.ts';
import type { PlanContent, Planning, TargetTools } from './target.ts';

/**
 * Compares a snapshot with the cluster: renders everything, asks the server what each object would change, composes the
 * way back, and stores the plan as evidence under its digest. Writes nothing to the cluster but what the mesh wants kept.
 * @throws MeshwrightError HELD, INVALID_PATTERN, UNSUPPORTED, FOREIGN_INSTALLATION, PREFLIGHT_FAILED, FIELD_CONFLICT and
 *   what the parts throw.
 */
export async function planChange(
  input: PlanChangeInput,
  tools: TargetTools,
  signal: AbortSignal,
): Promise<PlanSummary> {
  const { evidence } = tools;
  const snapshot = await evidence.getJson<PatternSnapshot>(input.snapshot);
  const planning = await beginPlanning(input, snapshot, { tools, signal });
  const content = await (input.purpose === Purpose.uninstall ? planUninstall(planning) : planApply(planning));
  const plan = completePlan(planning, content);
  return summarizePlan(plan, await evidence.putJson(plan));
}

async function beginPlanning(
  input: PlanChangeInput,
  snapshot: PatternSnapshot,
  { tools, signal }: { tools: TargetTools; signal: AbortSignal },
): Promise<Planning> {
  const { pattern } = snapshot;
  const plugin = tools.registry.mesh(pattern.spec.mesh.type);
  // What was installed once can be taken away, whatever this release would install.
  if (input.purpose === Purpose.apply) refuseUnsupported(plugin, snapshot);
  const cluster = tools.clients.as(pattern.spec.serviceAccount);
  const inventory = openInventory(cluster, { pattern: input.pattern, keeper: tools.clients.as() });
  const kept = openKeptSecrets(tools.clients.as(), input.pattern);
  const context = { cluster, charts: tools.chartsOf(plugin), secrets: kept, signal };
  const { purpose, adopt } = input;
  const found = await observeTarget({
    cluster,
    inventory,
    plugin,
    context,
    asked: { snapshot, purpose, adopt },
    admit: (record) => {
      refuseHeld(input, record);
    },
  });
  const { evidence, generators, probeImage } = tools;
  const own = { cluster, inventory, kept, context };
  return { input, snapshot, plugin, ...own, found, evidence, generators, probeImage };
}

function completePlan({ input, snapshot }: Planning, content: PlanContent): Plan {
  const { cluster, pattern, repository, purpose } = input;
  const { serviceAccount, change } = snapshot.pattern.spec;
  refuseSharedIds([...content.stages, ...content.rollback].map(({ id }) => id));
  return {
    formatVersion: 3,
    cluster,
    pattern,
    repository,
    snapshot: input.snapshot,
    purpose,
    ...content,
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    restartsAtOnce: change.restartsAtOnce,
  };
}

function refuseUnsupported(plugin: MeshPlugin, snapshot: PatternSnapshot): void {
  const { mesh, security } = snapshot.pattern.spec;
  const problems = [
    ...modeProblems(plugin, mesh),
    ...securityProblems(plugin, security),
    ...trustProblems(plugin, mesh),
    ...plugin.validate(mesh),
  ];
  if (problems.length === 0) return;
  throw new MeshwrightError(
    'UNSUPPORTED',
    `${plugin.displayName} refuses the pattern ${snapshot.pattern.metadata.name}.`,
    {
      lines: problems.map(({ field, message, suggestion }) =>
        [`spec.${field}: ${message}`, ...(suggestion === undefined ? [] : [suggestion])].join(' '),
      ),
      remedy: 'Change these fields of the pattern and commit again.',
    },
  );
}

/** A mode that the mesh does not have, whatever else its plugin would say. */
function modeProblems({ capabilities, displayName }: MeshPlugin, { mode }: MeshSpec): MeshProblem[] {
  const { modes } = capabilities;
  if (modes.includes(mode)) return [];
  const message = `${displayName} has no mode "${mode}".`;
  return [{ field: 'mesh.mode', message, suggestion: `It has ${modes.join(' and ')}.` }];
}

/** A wish for mutual TLS that the mesh would ignore. */
function securityProblems(
  { capabilities, displayName }: MeshPlugin,
  security: PatternSpec['security'],
): MeshProblem[] {
  if (security?.mtls === undefined || capabilities.mutualTls) return [];
  const message = `${displayName} has no mutual TLS that a pattern turns on for the whole mesh.`;
  return [{ field: 'security.mtls', message, suggestion: 'Take it away.' }];
}

function trustProblems({ capabilities, displayName }: MeshPlugin, { trust }: MeshSpec): MeshProblem[] {
  if (trust === undefined || capabilities.rotatesTrust === true) return [];
  const message = `${displayName} does not take its keys from Meshwright.`;
  return [{ field: 'mesh.trust', message, suggestion: 'Take it away.' }];
}

/** A stage is named by its id alone, in the plan and on its way back. */
function refuseSharedIds(ids: readonly string[]): void {
  const shared = ids.find((id, index) => ids.indexOf(id) !== index);
  if (shared === undefined) return;
  throw new MeshwrightError('INVALID_INPUT', `Two stages of the plan have the id "${shared}".`, {
    remedy: 'This is a defect of the mesh plugin: its stages must have ids of their own.',
  });
}
