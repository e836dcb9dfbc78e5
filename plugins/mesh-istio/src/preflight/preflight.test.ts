import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubernetesObject, MeshwrightError, isMeshwrightError } from '@meshwright/model';
import type { ClusterPort, ListQuery } from '@meshwright/plugin-sdk';
import { fakeContext } from '@meshwright/plugin-testkit';
import { installation, meshChange } from '../test-support/objects.ts';
import { kinds } from './kinds.ts';
import { preflight } from './preflight.ts';
import { type Scene, enrolled, native, routeTo, sceneOf, service } from './test-support/look.ts';

function looked(scene: Scene = {}, cluster: Partial<ClusterPort> = {}) {
  const { change, cluster: base } = sceneOf(scene);
  return preflight(change, { ...fakeContext(), cluster: { ...base, ...cluster } });
}

describe('the look before a change', () => {
  it('tells what was looked at, check by check', async () => {
    const checks = await looked({ live: [service('web')], pattern: [routeTo('r', { host: 'web' })] });
    expect(checks.map(({ state }) => state)).not.toContain('warning');
    expect(checks.length).toBeGreaterThan(15);
    expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length);
    expect(checks.find(({ title }) => title === 'VirtualServices name what there is')).toEqual({
      title: 'VirtualServices name what there is',
      state: 'passed',
      note: '1 VirtualService looked at',
    });
  });

  it('fails with a line for each thing to mend, of every check', async () => {
    const pattern = [
      routeTo('r', { host: 'nowhere' }),
      native('AuthorizationPolicy', 'p', { rules: [{ from: [{ source: { namespaces: ['nope'] } }] }] }),
      native('VirtualService', 'broken', { hosts: 'not a list' }),
    ];
    await expect(looked({ pattern })).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      message: '3 things must be mended before Istio 1.31.0 is applied; nothing has changed.',
      details: {
        lines: [
          expect.stringMatching(/^\[form\] VirtualService shop\/broken: cannot be read \(spec\.hosts: .*; /),
          '[virtual-service] VirtualService shop/r: sends to the host "nowhere", which no Service and no ServiceEntry has; add the Service or a ServiceEntry, or correct the name',
          expect.stringMatching(/^\[authorization-policy\] AuthorizationPolicy shop\/p: /),
        ] as unknown[],
        remedy: expect.stringContaining('galley.istio.io/analyze-suppress') as string,
      },
    });
  });

  it('lists the same mistake of a thousand objects in bounded space', async () => {
    const pattern = Array.from({ length: 1_000 }, (_, index) => routeTo(`r${index}`, { host: 'nowhere' }));
    const error: unknown = await looked({ pattern }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringContaining('1000 things') as string });
    expect((error as MeshwrightError).details.lines).toHaveLength(51);
  });

  it('warns of what others put on the cluster, and passes over what asks for that', async () => {
    const annotations = { 'galley.istio.io/analyze-suppress': '*' };
    const quiet = routeTo('quiet', { host: 'nowhere' });
    const pattern = [{ ...quiet, metadata: { ...quiet.metadata, annotations } }];
    const checks = await looked({ pattern, live: [routeTo('other/r', { host: 'nowhere' })] });
    expect(checks.find(({ state }) => state === 'warning')).toMatchObject({
      note: expect.stringMatching(/^VirtualService other\/r: .* \(1 suppressed by annotation\)$/) as string,
    });
  });

  it('never takes for mistaken what it may not read', async () => {
    const list = (query: ListQuery): Promise<KubernetesObject[]> =>
      query.kind === 'Service'
        ? Promise.reject(new MeshwrightError('CLUSTER_UNAUTHORIZED', 'list services is not allowed'))
        : Promise.resolve([]);
    const checks = await looked({ pattern: [routeTo('r', { host: 'web' })] }, { list });
    expect(checks.find(({ title }) => title === 'VirtualServices name what there is')).toMatchObject({
      state: 'warning',
      note: 'not looked at: list services is not allowed',
    });
  });

  it('does not hide that the cluster is away', async () => {
    const away = new MeshwrightError('CLUSTER_UNREACHABLE', 'no answer');
    await expect(looked({}, { list: () => Promise.reject(away) })).rejects.toBe(away);
  });

  it('has nothing to say of an uninstall', async () => {
    const list = () => Promise.reject(new Error('nothing is read'));
    const { cluster } = fakeContext();
    const change = meshChange({}, { purpose: 'uninstall', installations: [installation()] });
    expect(await preflight(change, { ...fakeContext(), cluster: { ...cluster, list } })).toEqual([]);
  });

  it('reads as often for a thousand VirtualServices as for one', async () => {
    const reads = async (amount: number) => {
      const pattern = Array.from({ length: amount }, (_, index) =>
        routeTo(`r${index}`, { host: `s${index}` }),
      );
      const live = pattern.map((_, index) => service(`s${index}`));
      const scene: Scene = { spec: { workloads: enrolled('shop') }, pattern, live };
      const { cluster } = sceneOf(scene);
      const asked: string[] = [];
      const list = (query: ListQuery) => {
        asked.push(query.kind);
        return cluster.list(query);
      };
      await looked(scene, { list, get: () => Promise.reject(new Error('one by one')) });
      return asked.sort();
    };
    const one = await reads(1);
    expect(one).toHaveLength(11);
    expect(await reads(1_000)).toEqual(one);
  });

  it('takes any object for readable or not, and never breaks', async () => {
    const names = Object.values(kinds).map(({ apiVersion, kind, at }) => ({ apiVersion, kind, at }));
    const hostile = fc.record({ kind: fc.constantFrom(...names), value: fc.jsonValue(), name: fc.string() });
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 5 }), async (objects) => {
        const pattern = objects.map(({ kind, value, name }, index) => ({
          apiVersion: kind.apiVersion,
          kind: kind.kind,
          metadata: { name: `${name}${index}`, namespace: 'shop' },
          [kind.at]: value,
        }));
        const failed: unknown = await looked({ pattern }).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(
          failed === undefined || (isMeshwrightError(failed) && failed.code === 'PREFLIGHT_FAILED'),
        ).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
