import type { Account, ApprovalPolicy, ChangeWindow, Group, Person } from '@meshwright/model';
import type { WrittenPerson, WrittenPolicy } from './written.ts';

/** The policy as the engine uses it: everything in one order, so that only what it says makes its digest. */
export function toPolicy({
  people,
  groups,
  changes,
  breakGlass,
  windows,
  freezes,
}: WrittenPolicy): ApprovalPolicy {
  const { expiresAfter, approvers, quorum, requiredGroups } = changes;
  const weekly = windows.map(({ days, from, to, ...rest }): ChangeWindow => {
    return { ...scoped(rest), when: { days: days.toSorted(byNumber), fromMinute: from, toMinute: to } };
  });
  const once = freezes.map(({ from, to, ...rest }): ChangeWindow => {
    return { ...scoped({ ...rest, kind: 'deny' }), when: { from, to } };
  });
  return {
    people: people.map(personOf).toSorted((a, b) => byText(a.name, b.name)),
    groups: Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, groupOf(group)])),
    changes: {
      approvers: approvers.toSorted(byText),
      quorum,
      requiredGroups: requiredGroups.toSorted(byText),
      expiresAfterSeconds: expiresAfter / 1_000,
    },
    breakGlass: breakGlass.toSorted(byText),
    windows: [...weekly, ...once].toSorted((a, b) => byText(a.name, b.name)),
  };
}

function personOf({ name, emails, accounts }: WrittenPerson): Person {
  const all = Object.entries(accounts).flatMap(([service, ids]) => {
    return [ids].flat().map((id): Account => ({ service, id }));
  });
  const sorted = all.toSorted((a, b) => byText(a.service, b.service) || byText(a.id, b.id));
  return { name, emails: emails.toSorted(byText), accounts: sorted };
}

function groupOf(group: string[] | { team: string }): Group {
  if (Array.isArray(group)) return { members: group.toSorted(byText) };
  const colon = group.team.indexOf(':');
  return { members: [], team: { service: group.team.slice(0, colon), team: group.team.slice(colon + 1) } };
}

function scoped(window: Omit<ChangeWindow, 'when'>): Omit<ChangeWindow, 'when'> {
  const { patterns, clusters } = window;
  return { ...window, patterns: patterns.toSorted(byText), clusters: clusters.toSorted(byText) };
}

/** By code units: the same everywhere, whatever the language. */
function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byNumber(a: number, b: number): number {
  return a - b;
}
