import { describe, expect, it } from 'vitest';
import { type Content, memoryTree } from '../test-support/memory-tree.ts';
import { loadPolicy } from './load-policy.ts';

const policy = `apiVersion: meshwright.dev/v1alpha1
kind: ApprovalPolicy
people:
  - { name: ada, accounts: { chat: U1 } }
  - { name: bob, accounts: { chat: U2 } }
changes: { approvers: ['user:ada', 'user:bob'] }
`;

describe('the policy file of a tree', () => {
  it('is read and checked', async () => {
    const read = await loadPolicy(memoryTree({ 'approvals.yaml': policy }), 'approvals.yaml');
    expect(read?.policy?.people.map(({ name }) => name)).toEqual(['ada', 'bob']);
  });

  it('may be a link to a file of the tree', async () => {
    const files: Record<string, Content> = {
      'approvals.yaml': { link: 'teams/../teams/a.yaml' },
      'teams/a.yaml': policy,
    };
    expect((await loadPolicy(memoryTree(files), 'approvals.yaml'))?.policy).toBeDefined();
  });

  it('is none where there is no such file', async () => {
    expect(await loadPolicy(memoryTree({ 'other.yaml': policy }), 'approvals.yaml')).toBeUndefined();
  });

  it.each<[string, Record<string, Content>, string]>([
    [
      'a link out of the repository',
      { 'approvals.yaml': { link: '../../etc/passwd' } },
      'out of the repository',
    ],
    ['an absolute link', { 'approvals.yaml': { link: '/etc/passwd' } }, 'out of the repository'],
    ['a link to itself', { 'approvals.yaml': { link: 'approvals.yaml' } }, 'link'],
    ['a link to nothing', { 'approvals.yaml': { link: 'gone.yaml' } }, 'nothing'],
    ['a submodule', { 'approvals.yaml': { submodule: true } }, 'submodule'],
    ['a folder', { 'approvals.yaml/a': policy }, 'folder'],
    ['a large file', { 'approvals.yaml': { size: 262_145 } }, 'KiB'],
  ])('is an error and not none where it is %s', async (_, files, message) => {
    const tree = memoryTree(files);
    const read = await loadPolicy(tree, 'approvals.yaml');
    expect(read?.policy).toBeUndefined();
    expect(read?.diagnostics).toMatchObject([{ severity: 'error', file: 'approvals.yaml' }]);
    expect(read?.diagnostics[0]?.message).toContain(message);
    expect(tree.reads).toEqual([]);
  });
});
