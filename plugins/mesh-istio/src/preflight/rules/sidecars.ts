import { MeshMode, plural } from '@meshwright/model';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import { formatLabels, holds } from '../labels.ts';
import type { Sidecar } from '../shapes.ts';
import type { Subject } from '../subject.ts';

/** At most one Sidecar is for a workload: which of two counts is not defined (Istio's Sidecar reference). */
export const sidecars: Rule = {
  id: 'sidecar',
  title: 'No two Sidecars are for one workload',
  needs: ['sidecars'],
  look: (view): Look => ({
    findings: [
      ...view.sidecars.flatMap((subject) => rivals(subject, view.sidecars)),
      ...(view.mesh.mode === MeshMode.ambient ? view.sidecars.filter(isOfEnrolled).map(withoutEffect) : []),
    ],
    looked: `${plural(view.sidecars.length, 'Sidecar')} looked at`,
  }),
};

function rivals(subject: Subject<Sidecar>, all: Subject<Sidecar>[]): Finding[] {
  const { namespace } = subject.metadata;
  const others = all.filter(
    (other) => other !== subject && other.metadata.namespace === namespace && areForSame(subject, other),
  );
  const isSaid = (other: Subject<Sidecar>) =>
    subject.fromPattern
      ? other.fromPattern && other.name < subject.name
      : other.fromPattern || other.name < subject.name;
  const named = others.filter((other) => !isSaid(other));
  if (named.length === 0) return [];
  const { labels } = subject.spec.workloadSelector;
  const whom = isForAll(subject)
    ? `all workloads of ${namespace}`
    : `the workloads with ${formatLabels(labels)}`;
  return [
    mistake(subject, isForAll(subject) ? 'IST0111' : 'IST0110', {
      problem: `is for ${whom}, and so is ${named.map(({ name }) => name).join(', ')}`,
      remedy: 'put them into one, or give them selectors that no workload has both of',
    }),
  ];
}

function isForAll({ spec }: Subject<Sidecar>): boolean {
  return Object.keys(spec.workloadSelector.labels).length === 0;
}

/** Two without selector, or one whose workloads the other selects as well; one with a selector goes before one without. */
function areForSame(one: Subject<Sidecar>, other: Subject<Sidecar>): boolean {
  if (isForAll(one) || isForAll(other)) return isForAll(one) && isForAll(other);
  const [first, second] = [one.spec.workloadSelector.labels, other.spec.workloadSelector.labels];
  return holds(first, second) || holds(second, first);
}

function isOfEnrolled({ fromPattern }: Subject<Sidecar>): boolean {
  return fromPattern;
}

function withoutEffect(subject: Subject<Sidecar>): Finding {
  return mistake(subject, 'IST0167', {
    problem: 'does nothing in ambient mode, where workloads have no sidecar',
    remedy: 'take it away',
    blocks: false,
  });
}
