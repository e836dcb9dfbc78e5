import { list } from './cluster.ts';
import type { Scene } from './scene.ts';

/** A control plane of Istio, as its Deployment says. */
export interface ControlPlane {
  name: string;
  revision: string;
}

/** A pod with what its containers run. */
export interface MeshedPod {
  name: string;
  uid: string;
  /** The revision its sidecar was injected by; undefined when it has none. */
  revision: string | undefined;
  /** The images of its containers, each once, sorted. */
  images: string[];
}

/** Every istiod on the cluster. */
export async function controlPlanes(scene: Scene): Promise<ControlPlane[]> {
  const items = await list(scene, ['deployments', '--all-namespaces', '--selector', 'app=istiod']);
  return items.map(({ metadata }) => ({
    name: metadata.name,
    revision: metadata.labels?.['istio.io/rev'] ?? '',
  }));
}

/** The pods of a namespace, also those that are leaving. */
export async function meshedPods(scene: Scene, namespace: string): Promise<MeshedPod[]> {
  const items = await list(scene, ['pods', '--namespace', namespace]);
  return items
    .map(({ metadata, spec }) => {
      const { containers = [], initContainers = [] } = spec ?? {};
      const images = [...new Set([...containers, ...initContainers].map(({ image }) => image))].sort();
      return { name: metadata.name, uid: metadata.uid, revision: revisionOf(metadata), images };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Istio's injector says on the pod what it did. */
function revisionOf({ annotations }: { annotations?: Record<string, string> }): string | undefined {
  const status = annotations?.['sidecar.istio.io/status'];
  return status === undefined ? undefined : (JSON.parse(status) as { revision: string }).revision;
}
