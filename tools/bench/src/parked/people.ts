import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { slackChannel } from '@meshwright/quickstart/test-support';
import { stringify } from 'yaml';

const execute = promisify(execFile);

/** Who decides: an owner of the mesh with a verified account, and one whose name is stated. */
export const owner = { slack: 'UBOB', local: 'bob' } as const;

/** A patterns repository that holds nothing but the policy; gives its directory. */
export async function createPolicyRepository(parent: string): Promise<string> {
  const directory = join(parent, 'patterns');
  await mkdir(directory);
  const git = (...args: string[]) =>
    execute('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: directory,
    });
  await git('init', '--quiet', '--initial-branch=main');
  const policy = {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'ApprovalPolicy',
    people: [
      { name: 'ann', emails: ['ann@example.com'], accounts: { slack: 'UANN' } },
      { name: 'bob', emails: ['bob@example.com'], accounts: { slack: owner.slack, local: owner.local } },
    ],
    groups: { owners: ['bob', 'ann'] },
    changes: { approvers: ['group:owners'] },
  };
  await writeFile(join(directory, 'approvals.yaml'), stringify(policy));
  await git('add', '--all');
  await git('-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', 'Say who decides');
  return directory;
}

/** The parts of the configuration by which a click is believed. */
export function peopleConfiguration(repository: string, slack: string, port: number): object {
  return {
    repositories: [{ name: 'patterns', url: repository, chats: ['slack'] }],
    chats: [
      {
        name: 'slack',
        type: 'slack',
        url: slack,
        channel: slackChannel,
        token: { env: 'MESHWRIGHT_SLACK_TOKEN' },
        secret: { env: 'MESHWRIGHT_SLACK_SECRET' },
      },
    ],
    gateway: { listen: `127.0.0.1:${port}` },
  };
}
