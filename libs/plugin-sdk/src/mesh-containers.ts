/** Containers by what they are called, and where their pods are. */
export interface ContainerMatch {
  /** Of the container. */
  name: string;
  /** Of its pods; those of the workload that is measured when absent. */
  namespace?: string;
  /** Of its pods, as Kubernetes writes it. */
  labelSelector?: string;
}

/** The containers that are a mesh's own: what they use while load is sent is its cost. */
export interface MeshContainers {
  /** Those that requests go through. Of the ones with a namespace, such as one on each node, those beside the workload count. */
  proxies: readonly ContainerMatch[];
  controlPlane: readonly ContainerMatch[];
}
