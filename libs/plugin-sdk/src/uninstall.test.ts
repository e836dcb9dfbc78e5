import { expect, it } from 'vitest';
import type { MeshChange } from './mesh.ts';
import { planOfUninstall } from './uninstall.ts';

const rules = { describe: ({ version }: { version: string }) => `Mesh ${version}` };

function installation(version: string, managedBy = 'meshwright') {
  return {
    ...({ version, revision: `r${version}`, mode: 'sidecar', namespace: 'mesh', managedBy } as const),
    healthy: false,
    notes: [`${version} is not ready`],
  };
}

function uninstalling(...installations: MeshChange['installations']): MeshChange {
  const snapshot = { pattern: { spec: { mesh: { version: '9' } } } } as MeshChange['snapshot'];
  return { snapshot, installations, purpose: 'uninstall', adopt: false };
}

it('takes what runs of ours, tells how it is, and leaves what others keep', () => {
  const change = uninstalling(installation('1', 'helm'), installation('2'), installation('3'));
  const plan = planOfUninstall(change, rules, { revision: 'none', warnings: ['Its keys go.'] });
  expect(plan).toMatchObject({ action: 'uninstall', version: '2', revision: 'r2', confirmations: [] });
  expect(plan.warnings).toEqual([
    '2 is not ready',
    '3 is not ready',
    'Mesh 1 stays as it is.',
    'Its keys go.',
  ]);
});

it('is of the version of the pattern where nothing of ours runs', () => {
  const plan = planOfUninstall(uninstalling(), rules, { revision: 'none' });
  expect(plan).toMatchObject({ version: '9', revision: 'none', settle: [], warnings: [] });
});
