import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import { testHost } from '../test-support/host.ts';

const policy = `apiVersion: meshwright.dev/v1alpha1
kind: ApprovalPolicy
people:
  - { name: ada, accounts: { slack: U1, gitea: 4 } }
  - { name: bob, accounts: { slack: U2 } }
groups: { owners: [ada, bob], leads: [ada] }
changes: { approvers: ['group:owners'] }
breakGlass: ['group:leads']
`;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-cli-'));
  await writeFile(join(directory, 'approvals.yaml'), policy);
});
afterEach(() => rm(directory, { recursive: true }));

async function run(...args: string[]) {
  const host = testHost({ cwd: directory });
  const code = await runCli(args, host);
  return { code, out: host.out(), err: host.err() };
}

describe('the check of a policy', () => {
  it('shows what it says', async () => {
    const { code, out } = await run('policy', 'check');
    expect(code).toBe(0);
    expect(out).toContain('person ada: gitea 4, slack U1');
    expect(out).toContain('rule breaking the glass: group:leads');
    expect(out).toContain('approvals.yaml: 0 errors, 0 warnings.');
  });

  it('shows what is wrong, and where', async () => {
    await writeFile(join(directory, 'approvals.yaml'), policy.replace('leads: [ada]', 'leads: [adda]'));
    const { code, out } = await run('policy', 'check', 'approvals.yaml');
    expect(code).toBe(2);
    expect(out).toContain('approvals.yaml:6:39: error: groups.leads[0] names "adda"');
    expect(out).toContain('Did you mean "ada"?');
    const { out: json } = await run('policy', 'check', '--json');
    expect(JSON.parse(json)).toMatchObject({ valid: false, diagnostics: [{ code: 'unknown-person' }] });
  });

  it('is part of validating a repository', async () => {
    await writeFile(join(directory, 'approvals.yaml'), 'kind: ApprovalPolicy\n');
    const { code, out } = await run('validate');
    expect(code).toBe(2);
    expect(out).toContain('approvals.yaml:1:1: error: people is missing');
  });
});

describe('who an account is', () => {
  it('is told with groups', async () => {
    expect(await run('policy', 'who', 'gitea:4')).toMatchObject({
      code: 0,
      out: 'gitea:4 is ada\n  groups  owners, leads\n  may break the glass\n',
    });
    expect(JSON.parse((await run('policy', 'who', 'slack:U2', '--json')).out)).toEqual({
      service: 'slack',
      id: 'U2',
      person: 'bob',
      groups: ['owners'],
      mayBreakGlass: false,
    });
  });

  it('is nobody where the file does not have it', async () => {
    expect(await run('policy', 'who', 'slack:u1')).toMatchObject({
      code: 1,
      out: expect.stringContaining('belongs to nobody') as string,
    });
    expect(await run('policy', 'who', 'ada')).toMatchObject({ code: 2 });
  });
});
