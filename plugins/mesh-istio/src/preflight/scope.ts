import { MeshMode } from '@meshwright/model';
import type { Installation, MeshChange } from '@meshwright/plugin-sdk';
import type { Labels } from './labels.ts';

/** What a change reaches, as far as it decides what has to be read. */
export interface Scope {
  /** The control plane that workloads join now; undefined where there is none. */
  before: Installation | undefined;
  /** Whether the mesh comes, changes its version, or is taken over. */
  isNew: boolean;
  enrolled: ReadonlySet<string>;
  /** Enrolled namespaces whose workloads may have to restart. */
  restarting: ReadonlySet<string>;
}

/** Looks at a change, given the labels of the namespaces that are there. */
export function scopeOf(change: MeshChange, namespaces: ReadonlyMap<string, Labels>): Scope {
  const { mesh, workloads } = change.snapshot.pattern.spec;
  const [before] = change.installations;
  const isNew = change.adopt || before?.version !== mesh.version;
  const enrolled = workloads.filter(({ enroll }) => enroll).map(({ namespace }) => namespace);
  const mayRestart = (name: string) => {
    const labels = namespaces.get(name);
    if (labels === undefined || change.adopt) return false;
    const isInjected = labels['istio-injection'] === 'enabled';
    // Ambient mode takes running pods in as they are; only a sidecar is left by a restart.
    if (mesh.mode === MeshMode.ambient) return isInjected || 'istio.io/rev' in labels;
    return isNew || !isInjected;
  };
  return {
    before,
    isNew,
    enrolled: new Set(enrolled),
    restarting: new Set(enrolled.filter(mayRestart)),
  };
}
