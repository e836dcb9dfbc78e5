import { plural } from '@meshwright/model';
import { gatewayNamespace, systemNamespace } from '../../names.ts';
import { type Look, type Rule, mistake } from '../finding.ts';
import type { View } from '../view.ts';

/** Namespaces that an AuthorizationPolicy names are there: of a mistyped one, nobody is let in, or everybody. */
export const authorization: Rule = {
  id: 'authorization-policy',
  title: 'AuthorizationPolicies name namespaces that there are',
  needs: ['authorizationPolicies', 'namespaces'],
  look: (view): Look => {
    const known = namesOf(view);
    return {
      findings: view.authorizationPolicies.flatMap((subject) => {
        const sources = subject.spec.rules.flatMap(({ from }) => from.map(({ source }) => source));
        const named = sources.flatMap(({ namespaces, notNamespaces }) => [...namespaces, ...notNamespaces]);
        const missing = [...new Set(named)].filter((name) => !known.some((other) => matches(other, name)));
        if (missing.length === 0) return [];
        return [
          mistake(subject, 'IST0101', {
            problem: `names the namespace ${missing.join(', ')}, which is not there`,
            remedy: 'correct the name, or create the namespace first',
          }),
        ];
      }),
      looked: plural(view.authorizationPolicies.length, 'AuthorizationPolicy').replace(/ys$/, 'ies'),
    };
  },
};

function namesOf(view: View): string[] {
  const declared = view.snapshot.pattern.spec.workloads.map(({ namespace }) => namespace);
  return [
    systemNamespace,
    gatewayNamespace,
    ...declared,
    ...view.namespaces.map(({ metadata }) => metadata.name),
  ];
}

/** By the whole name, or by a beginning or an end with `*` (Istio's AuthorizationPolicy reference). */
function matches(name: string, wanted: string): boolean {
  if (wanted.startsWith('*')) return name.endsWith(wanted.slice(1));
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
