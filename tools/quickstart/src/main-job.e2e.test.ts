import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stateRoot } from '@meshwright/testbed';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

async function start(name: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--once', '--name', name, ...args], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe('npm start -- --once', () => {
  it('installs Istio on a real node from a commit, and its workloads talk with mutual TLS', async () => {
    const name = `e2e-${randomBytes(4).toString('hex')}`;
    const output = await start(name, ['--profile', 'node']);
    expect(output).toContain('caller spiffe://cluster.local/ns/checkout/sa/client (mutual TLS)');
    const last: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(last).toEqual({
      rollout: expect.stringMatching(/^rollout:checkout-mesh@[0-9a-f]{12}$/) as string,
      phase: 'succeeded',
      mesh: 'istio',
      version: '1.31.0',
      seconds: expect.any(Number) as number,
    });
    expect(await exists(join(stateRoot(), name))).toBe(false);
    expect(await exists(join(stateRoot(), `${name}-workspace`))).toBe(false);
  });

  it('installs the mesh with simulated pods where no node can run', async () => {
    const output = await start(`e2e-${randomBytes(4).toString('hex')}`, ['--profile', 'control-plane']);
    expect(output).toContain('no traffic flows');
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({ phase: 'succeeded' });
  });
});
