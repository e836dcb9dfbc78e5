import type { KubernetesObject } from '@meshwright/model';
import type { ScopeOf } from './compose.ts';

interface CustomResourceDefinition extends KubernetesObject {
  spec: { group: string; scope: string; names: { kind: string }; versions: { name: string }[] };
}

/** The scopes of the kinds that CRDs among these objects will serve. */
export function scopesOfDefinitions(
  objects: readonly KubernetesObject[],
): Map<string, 'namespaced' | 'cluster'> {
  const scopes = new Map<string, 'namespaced' | 'cluster'>();
  for (const object of objects) {
    if (!isDefinition(object)) continue;
    const { group, scope, names, versions } = object.spec;
    for (const { name } of versions) {
      scopes.set(`${group}/${name}/${names.kind}`, scope === 'Cluster' ? 'cluster' : 'namespaced');
    }
  }
  return scopes;
}

/**
 * The scope of every kind among `objects`: as the server says, else as a CRD of the plan says.
 * `ask` gives undefined for a kind that is not served.
 */
export async function resolveScopes(
  objects: readonly KubernetesObject[],
  planned: ReadonlyMap<string, 'namespaced' | 'cluster'>,
  ask: (apiVersion: string, kind: string) => Promise<{ namespaced: boolean } | undefined>,
): Promise<ScopeOf> {
  const scopes = new Map<string, 'namespaced' | 'cluster' | 'unknown'>(planned);
  for (const { apiVersion, kind } of objects) {
    const key = `${apiVersion}/${kind}`;
    if (scopes.has(key)) continue;
    const served = await ask(apiVersion, kind);
    scopes.set(key, served === undefined ? 'unknown' : served.namespaced ? 'namespaced' : 'cluster');
  }
  return (apiVersion, kind) => scopes.get(`${apiVersion}/${kind}`) ?? 'unknown';
}

function isDefinition(object: KubernetesObject): object is CustomResourceDefinition {
  return object.kind === 'CustomResourceDefinition' && object.apiVersion.startsWith('apiextensions.k8s.io/');
}
