import type { KubernetesObject } from '@meshwright/model';

/** What the engine knows about kinds: the server's answer, or that of a CRD in the plan itself. */
export type ScopeOf = (apiVersion: string, kind: string) => Scope;

type Scope = 'namespaced' | 'cluster' | 'unknown';

/** What a server says of kinds. */
interface Kinds {
  serves(apiVersion: string, kind: string): Promise<boolean>;
  resourceFor(apiVersion: string, kind: string): Promise<{ namespaced: boolean }>;
}

interface CustomResourceDefinition extends KubernetesObject {
  spec: { group: string; scope: string; names: { kind: string }; versions: { name: string }[] };
}

/** The scope of every kind among `objects`: as a CRD among them says, else as the server does. */
export async function scopesOf(objects: readonly KubernetesObject[], cluster: Kinds): Promise<ScopeOf> {
  const scopes = new Map<string, Scope>(scopesOfDefinitions(objects));
  for (const { apiVersion, kind } of objects) {
    const key = `${apiVersion}/${kind}`;
    if (!scopes.has(key)) scopes.set(key, await scopeOn(cluster, apiVersion, kind));
  }
  return (apiVersion, kind) => scopes.get(`${apiVersion}/${kind}`) ?? 'unknown';
}

async function scopeOn(cluster: Kinds, apiVersion: string, kind: string): Promise<Scope> {
  if (!(await cluster.serves(apiVersion, kind))) return 'unknown';
  const { namespaced } = await cluster.resourceFor(apiVersion, kind);
  return namespaced ? 'namespaced' : 'cluster';
}

/** The scopes of the kinds that CRDs among these objects will serve. */
function scopesOfDefinitions(objects: readonly KubernetesObject[]): Map<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const object of objects) {
    if (!isDefinition(object)) continue;
    const { group, scope, names, versions } = object.spec;
    for (const { name } of versions) {
      scopes.set(`${group}/${name}/${names.kind}`, scope === 'Cluster' ? 'cluster' : 'namespaced');
    }
  }
  return scopes;
}

function isDefinition(object: KubernetesObject): object is CustomResourceDefinition {
  return object.kind === 'CustomResourceDefinition' && object.apiVersion.startsWith('apiextensions.k8s.io/');
}
