import { plural } from '@meshwright/model';
import { ourManager } from '@meshwright/plugin-sdk';
import { managerOf, sailOperator } from '../../managers.ts';
import { type Finding, type Look, type Rule } from '../finding.ts';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';
import { group } from './gateway-api.ts';

/** The server has what the charts write, and nobody else keeps Istio's CRDs. */
export const definitions: Rule = {
  id: 'definitions',
  title: 'The API server serves what Istio needs, and its CRDs are free',
  needs: ['definitions'],
  look: (view): Look => {
    const istios = view.definitions.filter(
      ({ metadata, fromPattern }) => !fromPattern && metadata.name.endsWith('.istio.io'),
    );
    return {
      findings: [...notServed(view), ...keptByOthers(istios, view)],
      looked: view.isNew
        ? plural(istios.length, 'CRD') + ' of Istio on the cluster'
        : 'no CRD changes version',
    };
  },
};

function notServed({ notServed: kinds }: View): Finding[] {
  return kinds
    .filter((kind) => !kind.startsWith(group))
    .map((kind) => ({
      object: kind,
      problem: 'the API server does not serve this kind, which Istio needs',
      remedy: 'turn its API group on, or upgrade the cluster',
      blocks: true,
    }));
}

/** Tools that write their objects again and again, whoever else changed them. */
const persistent = new Set([sailOperator, 'istio-operator', 'argocd', 'flux']);

function keptByOthers(istios: Subject<unknown>[], { adopt, snapshot }: View): Finding[] {
  if (adopt) return [];
  const keepers = Map.groupBy(istios, ({ object }) => managerOf(object));
  keepers.delete(ourManager);
  const takes = snapshot.pattern.spec.change.conflicts === 'take';
  return [...keepers].map(([keeper, kept]) => {
    const isPersistent = persistent.has(keeper);
    return {
      object: `${plural(kept.length, 'CRD')} of Istio`,
      problem: isPersistent
        ? `${keeper} keeps them and would take every change back`
        : `${keeper} put them there; where a field differs, that is a conflict`,
      remedy: isPersistent
        ? 'take them out of what it keeps'
        : takes
          ? 'nothing: the pattern takes fields over (change.conflicts: take)'
          : 'set change.conflicts: take to take the fields over',
      blocks: isPersistent,
    };
  });
}
