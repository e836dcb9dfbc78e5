import {
  localService,
  type Account,
  type ApprovalRules,
  type CommitInfo,
  type Person,
} from '@meshwright/model';

const longestIdentity = 200;
const longestReason = 1_000;
/** Control characters and those that reorder text: a name that holds them could pass for another. */
const deceptive = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** What is wrong with who asks and why, as it came from outside; undefined when nothing is. */
export function malformedPerson(identity: unknown, reason: unknown): string | undefined {
  if (typeof identity !== 'string' || identity.trim() === '') return 'The request names nobody who makes it.';
  if (identity.length > longestIdentity || identity !== identity.trim() || deceptive.test(identity)) {
    return `An identity has at most ${longestIdentity} visible characters, without spaces around them.`;
  }
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > longestReason)) {
    return `A reason has at most ${longestReason} characters.`;
  }
  return undefined;
}

/** Whether two names are one, whatever their case and their Unicode form. */
export function samePerson(a: string, b: string): boolean {
  return a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
}

/** Who decides: a person of the policy, or, where there is none, somebody who has stated a name. */
export interface Decider {
  name: string;
  /** Absent where nobody has verified the name. */
  person?: Person;
}

/** The person an account belongs to; undefined where it belongs to nobody who is known. */
export function deciderOf(account: Account, rules: ApprovalRules | undefined): Decider | undefined {
  if (rules === undefined) return account.service === localService ? { name: account.id } : undefined;
  const person = rules.people.find(({ accounts }) => accounts.some((own) => isSameAccount(own, account)));
  return person === undefined ? undefined : { name: person.name, person };
}

/** A stated name is compared as names are; a service's id by its every character. */
function isSameAccount(own: Account, account: Account): boolean {
  if (own.service !== account.service) return false;
  return own.service === localService ? samePerson(own.id, account.id) : own.id === account.id;
}

/** Whose wish a change is. */
export interface Askers {
  commit: Pick<CommitInfo, 'author' | 'authorEmail' | 'contributors'>;
  /** Who pushed it, opened its pull request, or merged it. */
  accounts: readonly Account[];
  /** Who started it by hand, as stated. */
  requester?: string;
}

/** What makes somebody an asker, as `is the author of the commit`; undefined where nothing does. */
export function partIn({ commit, accounts, requester }: Askers, decider: Decider): string | undefined {
  const { author, authorEmail, contributors } = commit;
  if (isNamed(decider, author, authorEmail)) return 'is the author of the commit';
  if (contributors.some(({ name, email }) => isNamed(decider, name, email)))
    return 'has a part in the commit';
  if (requester !== undefined && isNamed(decider, requester, requester)) return 'asked for this';
  const own = decider.person?.accounts ?? [];
  const brought = accounts.some((account) => own.some((one) => isSameAccount(one, account)));
  return brought ? 'has pushed, proposed or merged the change' : undefined;
}

/** A verified person goes by what the policy says of them alone, a stated one by what was stated. */
function isNamed({ name, person }: Decider, given: string, email: string): boolean {
  if (person === undefined) return samePerson(name, given) || samePerson(name, email);
  if (samePerson(person.name, given) || person.emails.some((own) => samePerson(own, email))) return true;
  return person.accounts.some(({ service, id }) => service === localService && samePerson(id, given));
}

/** The names of the people that approvers stand for, sorted; everybody where none are named. */
export function peopleOf(approvers: readonly string[], { people, groups }: ApprovalRules): string[] {
  if (approvers.length === 0) return people.map(({ name }) => name).toSorted();
  const names = approvers.flatMap((approver) =>
    approver.startsWith('group:')
      ? (groups[approver.slice('group:'.length)] ?? [])
      : [approver.replace(/^user:/, '')],
  );
  return [...new Set(names)].filter((name) => people.some((person) => person.name === name)).toSorted();
}

/** The approvers that the policy does not know. */
export function unknownApprovers(approvers: readonly string[], { people, groups }: ApprovalRules): string[] {
  return approvers.filter((approver) => {
    if (approver.startsWith('group:')) return !Object.hasOwn(groups, approver.slice('group:'.length));
    return !people.some(({ name }) => `user:${name}` === approver);
  });
}
