import type { EvidenceStore } from '@meshwright/evidence';
import {
  type Account,
  type ApprovalPolicy,
  type ApprovalRules,
  type Digest,
  type Group,
  Message,
  MeshwrightError,
  type RepositoryStatus,
  workflowId,
} from '@meshwright/model';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Engine } from '../engine.ts';
import type { Services } from '@meshwright/services';

/** The policies of repositories, as the gateway reads them. */
export interface Policies {
  /** The rules of a policy, its teams resolved to people. */
  rules(policy: Digest): Promise<ApprovalRules>;
  /** The policy that counts now for a repository; undefined where it has none. */
  current(repository: string): Promise<Digest | undefined>;
  read(policy: Digest): Promise<ApprovalPolicy>;
}

export interface PoliciesOptions {
  engine: Engine;
  services: Services;
  evidence: EvidenceStore;
}

/** Members of a team are asked for at most this often: somebody who has left decides no longer than that. */
const teamSeconds = 60;

export function createPolicies({ engine, services, evidence }: PoliciesOptions): Policies {
  const teams = new Map<string, { members: Promise<Account[]>; until: number }>();

  function membersOf(service: string, team: string): Promise<Account[]> {
    const key = `${service}\0${team}`;
    const known = teams.get(key);
    if (known !== undefined && known.until > Date.now()) return known.members;
    const members = teamMembers(services, service, team);
    teams.set(key, { members, until: Date.now() + teamSeconds * 1_000 });
    members.catch(() => teams.delete(key));
    return members;
  }

  async function peopleOf({ members, team }: Group, policy: ApprovalPolicy): Promise<string[]> {
    if (team === undefined) return [...members];
    const accounts = await membersOf(team.service, team.team);
    const inTeam = policy.people.filter((person) =>
      person.accounts.some((own) => accounts.some((account) => isSame(own, account))),
    );
    return [...new Set([...members, ...inTeam.map(({ name }) => name)])];
  }

  return {
    read: (digest) => evidence.getJson<ApprovalPolicy>(digest),
    async rules(digest) {
      const policy = await evidence.getJson<ApprovalPolicy>(digest);
      const groups = await Promise.all(
        Object.entries(policy.groups).map(
          async ([name, group]) => [name, await peopleOf(group, policy)] as const,
        ),
      );
      const { people, changes, breakGlass } = policy;
      return {
        policy: digest,
        people,
        groups: Object.fromEntries(groups),
        breakGlass: namesOf(breakGlass, Object.fromEntries(groups)),
        timed: policy.windows.length > 0,
        changes,
      };
    },
    async current(repository) {
      const handle = engine.client().workflow.getHandle(workflowId.repository(repository));
      try {
        return (await handle.query<RepositoryStatus>(Message.repositoryStatus)).policy?.policy;
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        // Without a watch nothing says which policy counts, and nobody decides by none.
        throw new MeshwrightError('TEMPORAL_UNREACHABLE', `Nothing watches the repository ${repository}.`, {
          remedy: 'Start the Git watcher, or `npm start`, which runs every worker.',
        });
      }
    },
  };
}

async function teamMembers(services: Services, service: string, team: string): Promise<Account[]> {
  const forge = services.forge(service);
  if (forge !== undefined) return forge.connection.teamMembers(team);
  throw new MeshwrightError(
    'INVALID_POLICY',
    `The policy names a team of ${service}, which is no forge here.`,
    {
      remedy: 'Configure it under forges in meshwright.yaml, or name the members of the group.',
    },
  );
}

function isSame(one: Account, other: Account): boolean {
  return one.service === other.service && one.id === other.id;
}

/** `user:<name>` and `group:<name>` as people. */
function namesOf(named: readonly string[], groups: Readonly<Record<string, readonly string[]>>): string[] {
  const names = named.flatMap((entry) => {
    const name = entry.slice(entry.indexOf(':') + 1);
    if (!entry.startsWith('group:')) return [name];
    return Object.hasOwn(groups, name) ? (groups[name] ?? []) : [];
  });
  return [...new Set(names)];
}
