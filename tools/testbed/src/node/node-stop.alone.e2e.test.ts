import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ensurePart } from '../parts/ensure.ts';
import { openProcessGroup } from '../processes/process-group.ts';
import { run } from './command.ts';
import { openHousing } from './housing.ts';
import { machineInventory } from './machine-inventory.ts';
import { stopNodeProfile } from './profile.ts';
import { useNodes } from './test-support/nodes.ts';

const { path, start } = useNodes();

/** What was not there before; the fault injection, which may run beside this, mounts a file system of its own. */
async function newThings(before: ReadonlySet<string>): Promise<string[]> {
  const things = [...(await machineInventory())].filter((thing) => !before.has(thing));
  return things.filter((thing) => !thing.startsWith('mount meshwright-chaos '));
}

describe('stopping a node', () => {
  test('leaves nothing on the machine but the cluster, which a later start finds again', async () => {
    const program = await ensurePart('kubectl');
    const before = await machineInventory();
    const testbed = await start('stopped');
    const kubectl = (...args: string[]): Promise<string> =>
      run(program, ['--kubeconfig', testbed.kubeconfig, ...args]);
    await kubectl('create', 'namespace', 'memory');
    expect(await newThings(before)).not.toEqual([]);
    await testbed.stop();
    expect(await newThings(before)).toEqual([]);
    const again = await start('stopped');
    try {
      expect(await kubectl('get', 'namespace', 'memory', '-o', 'name')).toBe('namespace/memory\n');
    } finally {
      await again.stop({ remove: true });
    }
    expect(await newThings(before)).toEqual([]);
  });

  test('needs nothing but the directory, also when the start was cut short', async () => {
    const before = await machineInventory();
    const directory = path('killed');
    await openHousing(join(directory, 'node'), await ensurePart('pause'), openProcessGroup(directory));
    await rm(join(directory, 'processes'), { recursive: true });
    await stopNodeProfile({ directory, processes: openProcessGroup(directory) });
    expect(await newThings(before)).toEqual([]);
  });
});
