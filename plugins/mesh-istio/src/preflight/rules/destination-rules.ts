import { plural } from '@meshwright/model';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import { hostsOf } from '../hosts.ts';
import type { DestinationRule } from '../shapes.ts';
import type { Subject } from '../subject.ts';
import { isMulticluster } from '../view.ts';

/** A DestinationRule is of a host that is there, and no other one defines its subsets differently. */
export const destinationRules: Rule = {
  id: 'destination-rule',
  title: 'DestinationRules are of hosts that there are',
  needs: ['destinationRules', 'serviceEntries', 'services'],
  look: (view): Look => {
    const hosts = hostsOf(view);
    const byHost = new Map<string, Subject<DestinationRule>[]>();
    const findings: Finding[] = [];
    for (const subject of view.destinationRules) {
      const { host } = subject.spec;
      const { namespace } = subject.metadata;
      const key = `${namespace}/${hosts.expand(host, namespace)}`;
      byHost.set(key, [...(byHost.get(key) ?? []), subject]);
      if (host.includes('*') || hosts.knows(host, namespace) || isMulticluster(view)) continue;
      findings.push(
        mistake(subject, 'IST0174', {
          problem: `is of the host "${host}", which no Service and no ServiceEntry has: it does nothing`,
          remedy: 'correct the host, or take the DestinationRule away',
          blocks: false,
        }),
      );
    }
    return {
      findings: [...findings, ...[...byHost.values()].flatMap(sameSubsets)],
      looked: `${plural(view.destinationRules.length, 'DestinationRule')} looked at`,
    };
  },
};

/** Rules of one host in one namespace are put together; of a subset that two of them have, the first one stays. */
function sameSubsets(rules: Subject<DestinationRule>[]): Finding[] {
  const seen = new Map<string, Subject<DestinationRule>>();
  const findings: Finding[] = [];
  for (const subject of rules) {
    for (const { name } of subject.spec.subsets) {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, subject);
      else if (first !== subject) {
        findings.push(
          mistake(subject, 'IST0174', {
            problem: `defines the subset "${name}" of "${subject.spec.host}", which ${first.name} defines too`,
            remedy: 'define it once',
            blocks: false,
          }),
        );
      }
    }
  }
  return findings;
}
