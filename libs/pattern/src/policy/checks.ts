import { suggestName } from '@meshwright/document';
import { type ApprovalPolicy, type Group, localService } from '@meshwright/model';
import type { z } from 'zod';
import { toPolicy } from './to-policy.ts';
import type { WrittenPolicy } from './written.ts';

type Context = z.core.$RefinementCtx;
type Path = (string | number)[];

/** Refuses what can only be told of the whole file: who is named twice, or not at all, and rules that nobody can meet. */
export function checkPolicy(policy: WrittenPolicy, context: Context): void {
  checkNames(policy, context);
  checkAddresses(policy, context);
  checkAccounts(policy, context);
  const known = checkReferences(policy, context);
  // Who is missing has been said; counting those who are there would say it again in other words.
  if (known) checkChangeable(policy, context);
}

function checkNames({ people, windows, freezes }: WrittenPolicy, context: Context): void {
  const names = people.map(({ name }, index): [string, Path] => [
    name.toLowerCase(),
    ['people', index, 'name'],
  ]);
  refuseTaken(names, context, 'is a person already');
  const times = [
    ...windows.map(({ name }, index): [string, Path] => [name, ['windows', index, 'name']]),
    ...freezes.map(({ name }, index): [string, Path] => [name, ['freezes', index, 'name']]),
  ];
  refuseTaken(times, context, 'is a window or freeze already');
}

function checkAddresses({ people }: WrittenPolicy, context: Context): void {
  const entries = people.flatMap(({ emails }, index) =>
    emails.map((email, place): [string, Path] => [folded(email), ['people', index, 'emails', place]]),
  );
  refuseTaken(entries, context, 'belongs to somebody already');
}

function checkAccounts({ people }: WrittenPolicy, context: Context): void {
  const entries = people.flatMap(({ accounts }, index) =>
    Object.entries(accounts).flatMap(([service, ids]) => {
      const path = ['people', index, 'accounts', service];
      // Names that are only stated are compared as people do, ids of a service by their every character.
      const identity = (id: string): string => `${service}:${service === localService ? folded(id) : id}`;
      if (!Array.isArray(ids)) return [[identity(ids), path] as [string, Path]];
      return ids.map((id, place): [string, Path] => [identity(id), [...path, place]]);
    }),
  );
  refuseTaken(entries, context, 'belongs to somebody already');
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function refuseTaken(entries: readonly [string, Path][], context: Context, message: string): void {
  const seen = new Set<string>();
  for (const [identity, path] of entries) {
    if (seen.has(identity)) {
      report(context, path, 'duplicate-entry', `(${identity}) ${message}`, 'Keep one of the two.');
    }
    seen.add(identity);
  }
}

/** Whether everybody who is named exists. */
function checkReferences({ people, groups, changes, breakGlass }: WrittenPolicy, context: Context): boolean {
  const persons = people.map(({ name }) => name);
  const names = Object.keys(groups);
  const wanted: [string, 'user' | 'group', Path][] = [];
  for (const [group, members] of Object.entries(groups)) {
    if (!Array.isArray(members)) continue;
    for (const [place, member] of members.entries()) wanted.push([member, 'user', ['groups', group, place]]);
  }
  const lists = { changes: changes.approvers, breakGlass };
  for (const [list, approvers] of Object.entries(lists)) {
    const path = list === 'changes' ? ['changes', 'approvers'] : [list];
    for (const [place, approver] of approvers.entries()) {
      const [kind, name] = partsOf(approver);
      wanted.push([name, kind, [...path, place]]);
    }
  }
  for (const [place, group] of changes.requiredGroups.entries()) {
    wanted.push([group, 'group', ['changes', 'requiredGroups', place]]);
  }
  const missing = wanted.filter(([name, kind]) => !(kind === 'user' ? persons : names).includes(name));
  for (const [name, kind, path] of missing) {
    const [known, word] = kind === 'user' ? [persons, 'person'] : [names, 'group'];
    const suggestion = suggestName(name, known, kind === 'user' ? 'People' : 'Groups');
    report(
      context,
      path,
      `unknown-${word}`,
      `names ${JSON.stringify(name)}, and there is no such ${word}`,
      suggestion,
    );
  }
  return missing.length === 0;
}

/** Refuses a file that its own rules would let nobody change any more. */
function checkChangeable(written: WrittenPolicy, context: Context): void {
  const policy = toPolicy(written);
  const { quorum } = policy.changes;
  const able = approversOfChanges(policy);
  if (able === undefined) return;
  if (able.size < quorum) {
    const message = `cannot be reached: ${able.size} with an account may approve, so nobody could change this file any more`;
    report(
      context,
      ['changes', 'quorum'],
      'unreachable-quorum',
      message,
      'Lower the quorum, or name more people.',
    );
  }
  for (const [place, group] of written.changes.requiredGroups.entries()) {
    const { members = [], team } = policy.groups[group] ?? {};
    if (team !== undefined || members.some((member) => able.has(member))) continue;
    const message = `(${group}) has nobody who may approve, so nobody could change this file any more`;
    const suggestion = `Add group:${group} to changes.approvers, or give its people accounts.`;
    report(context, ['changes', 'requiredGroups', place], 'unreachable-group', message, suggestion);
  }
}

/**
 * Who may approve of a change of the file and has an account to do it with; undefined where a team of a forge is among
 * them, whose people only the forge knows.
 */
export function approversOfChanges({
  people,
  groups,
  changes,
}: Pick<ApprovalPolicy, 'people' | 'groups' | 'changes'>): ReadonlySet<string> | undefined {
  const named = new Set<string>();
  for (const approver of changes.approvers) {
    const [kind, name] = partsOf(approver);
    const { members, team }: Group = (kind === 'user' ? undefined : groups[name]) ?? { members: [name] };
    if (team !== undefined) return undefined;
    for (const member of members) named.add(member);
  }
  const able = people.filter(({ name, accounts }) => named.has(name) && accounts.length > 0);
  return new Set(able.map(({ name }) => name));
}

function partsOf(approver: string): ['user' | 'group', string] {
  const colon = approver.indexOf(':');
  return [approver.startsWith('user:') ? 'user' : 'group', approver.slice(colon + 1)];
}

function report(context: Context, path: Path, code: string, message: string, suggestion?: string): void {
  context.addIssue({ code: 'custom', path, message, params: { code, suggestion } });
}
