import { type ObjectReference, referenceKey } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeUninstall, type Uninstallation } from './uninstall.ts';

function reference(apiVersion: string, kind: string, name: string, namespace?: string): ObjectReference {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

const owned = {
  definition: reference('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'rules.mesh.example.com'),
  rule: reference('mesh.example.com/v1', 'Rule', 'r', 'shop'),
  ruleOfWorkload: reference('mesh.example.com/v1', 'Rule', 'w', 'shop'),
  foreignResource: reference('certs.example.com/v1', 'Certificate', 'c', 'shop'),
  native: reference('v1', 'ConfigMap', 'native', 'shop'),
  workload: reference('apps/v1', 'Deployment', 'server', 'shop'),
  volume: reference('v1', 'PersistentVolumeClaim', 'data', 'mesh'),
  controlPlane: reference('apps/v1', 'Deployment', 'control-plane', 'mesh'),
  shop: reference('v1', 'Namespace', 'shop'),
  mesh: reference('v1', 'Namespace', 'mesh'),
};

function composed(parts: Partial<Uninstallation>) {
  return composeUninstall({
    prepare: [],
    settle: [],
    leaving: [],
    meshed: [],
    members: Object.values(owned),
    workloads: new Set(
      [owned.shop, owned.workload, owned.ruleOfWorkload, owned.foreignResource].map(referenceKey),
    ),
    configuration: new Set([owned.native].map(referenceKey)),
    leftovers: [],
    restartsAtOnce: 5,
    ...parts,
  });
}

describe('the stages of an uninstallation', () => {
  it('delete what configures the mesh, the mesh, its CRDs and its namespaces, and let go of the rest', () => {
    const leftovers = [{ ...reference('v1', 'ConfigMap', 'root', 'shop'), uid: 'u' }];
    const stages = composed({ leftovers });
    const content = stages.map((stage) => [
      stage.id,
      [...stage.deletes, ...stage.leftovers, ...stage.releases].map(({ kind, name }) => `${kind} ${name}`),
    ]);
    expect(content).toEqual([
      ['configuration', ['Rule r', 'Rule w', 'ConfigMap native']],
      ['mesh', ['Deployment control-plane']],
      ['definitions', ['CustomResourceDefinition rules.mesh.example.com']],
      ['leftovers', ['ConfigMap root']],
      ['namespaces', ['Namespace mesh']],
      ['release', ['Certificate c', 'Deployment server', 'PersistentVolumeClaim data', 'Namespace shop']],
    ]);
  });

  it('let workloads leave before anything is deleted', () => {
    const leaving = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }];
    const [first] = composed({ leaving, meshed: [owned.workload] });
    expect(first).toMatchObject({
      id: 'leave',
      objects: leaving,
      restarts: [owned.workload],
      timeoutSeconds: 600,
    });
  });

  it('keep a namespace that we enrolled, also one that the pattern no longer names', () => {
    const leaving = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }];
    const stages = composed({ leaving, workloads: new Set() });
    expect(stages.find(({ id }) => id === 'release')?.releases).toContain(owned.shop);
  });

  it('name every object that is owned exactly once', () => {
    const member = fc.constantFrom(...Object.values(owned));
    fc.assert(
      fc.property(
        fc.uniqueArray(member),
        fc.uniqueArray(member),
        fc.uniqueArray(member),
        (members, workloads, rest) => {
          const stages = composed({
            members,
            workloads: new Set(workloads.map(referenceKey)),
            configuration: new Set(rest.map(referenceKey)),
          });
          const named = stages.flatMap(({ deletes, releases }) => [...deletes, ...releases]);
          expect(named.map(referenceKey).sort()).toEqual(members.map(referenceKey).sort());
        },
      ),
    );
  });
});
