import { ISTIO_UPGRADE_VERSION, ISTIO_VERSION } from '@meshwright/testbed';
import type { AdminAccess } from '../proxy/access.ts';
import { patternName, workloadsOf } from '../scenario/manifests.ts';
import type { Desired } from '../scenario/scenario.ts';
import { type LiveObject, readJson } from './cluster.ts';

/** What the target is at a moment, in one comparable form: one line for each thing that a pattern decides. */
export type TargetState = readonly string[];

/** What a state that the pattern describes looks like; without one, there is no mesh. */
export function stateOf(desired: Desired | undefined, left: Desired | undefined): TargetState {
  if (desired === undefined) return left === undefined ? [] : sorted(workloadLines(left));
  const version = desired.version === 'old' ? ISTIO_VERSION : ISTIO_UPGRADE_VERSION;
  const revision = version.replaceAll('.', '-');
  return sorted([
    ...workloadLines(desired),
    `control plane istiod-${revision}`,
    `tag istio-revision-tag-default of ${revision}`,
    `tag istiod-default-validator of ${revision}`,
  ]);
}

function workloadLines(desired: Desired): string[] {
  return workloadsOf(desired, { refused: false }).map(({ kind, metadata, data }) => {
    const annotated = metadata.annotations?.colour;
    const colour = (data as { colour?: string } | undefined)?.colour ?? annotated;
    return line(kind, metadata.name, colour);
  });
}

function line(kind: string, name: string, colour: string | undefined): string {
  return `${kind} ${name}${colour === undefined ? '' : ` of colour ${colour}`}`;
}

const workloadKinds = ['ConfigMap', 'Deployment', 'ServiceAccount', 'Role', 'ResourceQuota'];
/** What Kubernetes itself puts into every namespace. */
const ofKubernetes = ['kube-root-ca.crt', 'default'];
const tags = ['istio-revision-tag-default', 'istiod-default-validator'];

/** The state that is there. */
export async function readState(access: AdminAccess, live: readonly LiveObject[]): Promise<TargetState> {
  const path = `/api/v1/namespaces/${patternName}/configmaps`;
  const { items } = await readJson<{
    items: { metadata: { name: string }; data?: Record<string, string> }[];
  }>(access, path);
  const colours = new Map(items.map(({ metadata, data }) => [metadata.name, data?.colour]));
  const lines = live.flatMap((object) => {
    const { kind, name, namespace, labels, annotations } = object;
    if (namespace === patternName && workloadKinds.includes(kind) && !ofKubernetes.includes(name)) {
      const colour = kind === 'ConfigMap' ? colours.get(name) : annotations.colour;
      return [line(kind, name, colour)];
    }
    if (kind === 'Deployment' && labels.app === 'istiod') return [`control plane ${name}`];
    return tags.includes(name) ? [`tag ${name} of ${labels['istio.io/rev'] ?? 'nothing'}`] : [];
  });
  return sorted(lines);
}

/** How one state differs from another, for people. */
export function difference(wanted: TargetState, actual: TargetState): string {
  const missing = wanted.filter((each) => !actual.includes(each)).map((each) => `- ${each}`);
  const surplus = actual.filter((each) => !wanted.includes(each)).map((each) => `+ ${each}`);
  return [...missing, ...surplus].join('; ');
}

function sorted(lines: string[]): string[] {
  return lines.sort();
}
