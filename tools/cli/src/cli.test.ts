import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { testHost } from './test-support/host.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const pattern = `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata:
  name: checkout-mesh
spec:
  targets:
    - cluster: local
  mesh:
    type: istio
    version: 1.31.0
    mode: sidecar
`;

async function repository(text: string): Promise<string> {
  await mkdir(join(directory, 'patterns'), { recursive: true });
  await writeFile(join(directory, 'patterns/checkout-mesh.yaml'), text);
  return directory;
}

describe('arguments', () => {
  it('explains every command and the exit codes', async () => {
    const host = testHost();
    expect(await runCli(['--help'], host)).toBe(0);
    for (const name of [
      'validate',
      'plan',
      'render',
      'rollouts',
      'status',
      'watch',
      'why',
      'approve',
      'reject',
      'diff',
      'history',
      'rollback',
      'pause',
      'resume',
      'retry',
      'cancel',
      'adopt',
      'uninstall',
    ]) {
      expect(host.out()).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(host.out()).toContain('Exit codes:\n  0    done');
    expect(host.out()).toContain('  3    waiting');
  });

  it.each([
    'validate',
    'plan',
    'why',
    'approve',
    'diff',
    'history',
    'rollback',
    'pause',
    'resume',
    'retry',
    'cancel',
    'adopt',
    'uninstall',
  ])('gives %s examples, the global options and the exit codes', async (name) => {
    const host = testHost();
    expect(await runCli([name, '--help'], host)).toBe(0);
    expect(host.out()).toContain('Examples:\n  meshwright ');
    expect(host.out()).toContain('--json');
    expect(host.out()).toContain('Exit codes:');
  });

  it('suggests the command or option that was probably meant, with exit code 2', async () => {
    const command = testHost();
    expect(await runCli(['stauts'], command)).toBe(2);
    expect(command.err()).toContain('(Did you mean status?)');
    const option = testHost();
    expect(await runCli(['rollouts', '--patern', 'x'], option)).toBe(2);
    expect(option.err()).toContain('(Did you mean --pattern?)');
  });

  it.each([
    [['rollouts', '--limit', '0']],
    [['rollouts', '--phase', 'nonsense']],
    [['plan', '--timeout', 'soon']],
    [['reject', 'checkout-mesh']],
    [['why']],
  ])('refuses %j with exit code 2', async (args) => {
    expect(await runCli(args, testHost())).toBe(2);
  });

  it('says where the configuration is missing, as JSON too', async () => {
    const host = testHost({ cwd: directory });
    expect(await runCli(['rollouts', '--json'], host)).toBe(2);
    expect(JSON.parse(host.out())).toMatchObject({ error: { code: 'INVALID_CONFIGURATION' } });
    expect(host.err()).toContain('error: ');
    expect(host.err()).toContain('remedy: ');
  });
});

describe('validate', () => {
  it('accepts a right pattern without any configuration', async () => {
    const host = testHost({ cwd: await repository(pattern) });
    expect(await runCli(['validate'], host)).toBe(0);
    expect(host.out()).toBe('1 pattern checked: 0 errors, 0 warnings.\n');
  });

  it('prints what is wrong with file, line and column, and ends with 2', async () => {
    await repository(pattern.replace('targets:', 'targetz:'));
    const host = testHost({ cwd: join(directory, '..') });
    expect(await runCli(['validate', directory], host)).toBe(2);
    expect(host.out()).toMatch(/patterns\/checkout-mesh\.yaml:6:3: error: .*targetz/);
    expect(host.out()).toMatch(/1 pattern checked: \d+ errors?, 0 warnings\.\n$/);
  });

  it('gives programs the same as JSON', async () => {
    const host = testHost({ cwd: await repository(pattern.replace('targets:', 'targetz:')) });
    expect(await runCli(['validate', '--json'], host)).toBe(2);
    const answer = JSON.parse(host.out()) as { valid: boolean; files: { diagnostics: object[] }[] };
    expect(answer.valid).toBe(false);
    expect(answer.files[0]!.diagnostics).toContainEqual(
      expect.objectContaining({ severity: 'error', line: 6, column: 3 }),
    );
  });

  it('checks performance profiles too, and says once what is wrong with one that a pattern names', async () => {
    const performance = '  performance: { profile: performance/checkout.yaml }\n';
    const host = testHost({ cwd: await repository(pattern + performance) });
    await mkdir(join(directory, 'performance'));
    await writeFile(join(directory, 'performance/checkout.yaml'), 'kind: PerformanceProfil\n');
    expect(await runCli(['validate'], host)).toBe(2);
    expect(host.out().match(/performance\/checkout\.yaml:1:7: error: /g)).toHaveLength(1);
    expect(host.out()).toMatch(/1 pattern and 1 performance profile checked: 1 error, 0 warnings\.\n$/);
    const json = testHost({ cwd: directory });
    expect(await runCli(['validate', '--json'], json)).toBe(2);
    expect(JSON.parse(json.out())).toMatchObject({
      valid: false,
      profiles: [{ path: 'performance/checkout.yaml', diagnostics: [{ code: 'not-a-profile' }] }],
    });
  });

  it('fails when there is nothing to check', async () => {
    const host = testHost({ cwd: directory });
    expect(await runCli(['validate'], host)).toBe(2);
    expect(host.out()).toContain('no pattern');
  });

  it('refuses a directory that is not there', async () => {
    const host = testHost({ cwd: directory });
    expect(await runCli(['validate', 'nowhere'], host)).toBe(2);
    expect(host.err()).toContain('There is no directory');
  });
});
