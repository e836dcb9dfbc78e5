import { MeshMode, plural } from '@meshwright/model';
import { isOptedOut } from '../../sidecar.ts';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import type { Labels } from '../labels.ts';
import type { View } from '../view.ts';

const injection = 'istio-injection';
const revision = 'istio.io/rev';
const dataplane = 'istio.io/dataplane-mode';

/** A namespace that the pattern enrolls is not kept out by what else says so, and no other one says two things at once. */
export const namespaces: Rule = {
  id: 'namespace',
  title: 'Nothing keeps enrolled namespaces out of the mesh',
  needs: ['namespaces'],
  look: (view): Look => ({
    findings: [
      ...declaredOut(view),
      ...[...view.enrolled].flatMap((name) => labelledOut(name, view)),
      ...[...view.enrolled].flatMap((name) => optedOut(name, view)),
      ...contradictory(view),
    ],
    looked: `${plural(view.enrolled.size, 'enrolled namespace')} of ${view.namespaces.length}`,
  }),
};

/** The pattern's own manifest of an enrolled namespace says the opposite of the pattern. */
function declaredOut(view: View): Finding[] {
  const own = view.namespaces.filter(
    ({ fromPattern, metadata }) => fromPattern && view.enrolled.has(metadata.name),
  );
  return own.flatMap((subject) => {
    const label = opposite(subject.labels, view);
    if (label === undefined) return [];
    return [
      mistake(subject, 'IST0123', {
        problem: `is enrolled by the pattern, and its manifest says ${label}`,
        remedy: 'take the label out of the manifest, or set enroll: false',
      }),
    ];
  });
}

/** Somebody labelled the namespace out of the mesh by hand: the change overrules that, which they should know. */
function labelledOut(name: string, view: View): Finding[] {
  const label = opposite(view.liveNamespaces.get(name) ?? {}, view);
  if (label === undefined) return [];
  return [
    {
      object: `Namespace ${name}`,
      problem: `is labelled ${label} on the cluster, and the pattern enrolls it`,
      remedy: 'set enroll: false if the label is right; the change takes it back otherwise',
      blocks: false,
    },
  ];
}

function opposite(labels: Labels, { mesh }: View): string | undefined {
  const isAmbient = mesh.mode === MeshMode.ambient;
  if (isAmbient && labels[dataplane] === 'none') return `${dataplane}=none`;
  if (!isAmbient && labels[injection] === 'disabled') return `${injection}=disabled`;
  return undefined;
}

/** Every workload the pattern has for a namespace opts out, so that enrolling it does nothing. */
function optedOut(name: string, view: View): Finding[] {
  const own = view.workloads.filter(
    ({ fromPattern, metadata }) => fromPattern && metadata.namespace === name,
  );
  if (own.length === 0) return [];
  const isOut = view.mesh.mode === MeshMode.ambient ? isOutOfAmbient : isOptedOut;
  if (!own.every(({ spec }) => isOut(spec.template.metadata, spec.template.spec))) return [];
  return [
    {
      object: `Namespace ${name}`,
      problem: `is enrolled, and all ${plural(own.length, 'workload')} of the pattern in it opt out`,
      remedy: 'set enroll: false, or take the opt-out from their pod templates',
      blocks: false,
    },
  ];
}

function isOutOfAmbient({ labels }: { labels: Labels }): boolean {
  return labels[dataplane] === 'none';
}

/** Another's namespace with two labels, of which Istio takes one. */
function contradictory(view: View): Finding[] {
  return view.namespaces
    .filter(({ metadata, fromPattern }) => !fromPattern && !view.enrolled.has(metadata.name))
    .flatMap((subject) => {
      const { [injection]: injected, ...labels } = subject.labels;
      if (injected === 'disabled') return [];
      const said = [injected === undefined ? [] : [injection], revision in labels ? [revision] : []].flat();
      if (labels[dataplane] === 'ambient') said.push(dataplane);
      if (said.length < 2) return [];
      return [
        mistake(subject, 'IST0123', {
          problem: `has the labels ${said.join(' and ')}, which contradict each other`,
          remedy: 'keep the one that is meant',
          blocks: false,
        }),
      ];
    });
}
