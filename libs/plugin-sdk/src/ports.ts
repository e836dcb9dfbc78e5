import type {
  ChartRequest,
  KeptSecret,
  KubernetesObject,
  NewSecret,
  ObjectReference,
} from '@meshwright/model';

/** Reading access to one cluster. A plugin never writes: it says what should be, the engine applies it. */
export interface ClusterPort {
  /** The server's version, such as `v1.36.3`. */
  version(): Promise<string>;
  /** Whether the server serves this kind now. */
  serves(apiVersion: string, kind: string): Promise<boolean>;
  /** The object, or undefined when it, its namespace or its kind does not exist. */
  get(reference: ObjectReference): Promise<KubernetesObject | undefined>;
  /** All objects of a kind; empty when the kind is not served. */
  list(query: ListQuery): Promise<KubernetesObject[]>;
  /** HTTP GET to a port of a pod through the API server; gives the body. At most 32 MiB. */
  getFromPod(request: PodRequest): Promise<string>;
}

export interface ListQuery {
  apiVersion: string;
  kind: string;
  namespace?: string;
  labelSelector?: string;
}

export interface PodRequest {
  namespace: string;
  pod: string;
  port: number;
  /** With its leading slash. */
  path: string;
}

/** Renders charts; where they come from is the engine's configuration, not the plugin's concern. */
export interface ChartsPort {
  /** The rendered objects, CRDs and hooks' objects included as asked. */
  template(request: ChartRequest): Promise<KubernetesObject[]>;
}

/** Keys and certificates that are made once for a pattern on a target; the engine keeps them there. */
export interface SecretsPort {
  /**
   * The Secret of this name as it was made first: `make` is asked only where there is none, by a retry never again. The
   * mesh's own Secrets name it by its mark ({@link secretFrom}) and have no content in a plan. What is private is for
   * making further secrets, and nowhere else.
   */
  keep(name: string, make: () => Promise<NewSecret>): Promise<KeptSecret>;
}

/** What the engine hands to every verb of a plugin. */
export interface PluginContext {
  cluster: ClusterPort;
  charts: ChartsPort;
  signal: AbortSignal;
}

/** What planning and rendering are handed besides. */
export interface PlanningContext extends PluginContext {
  secrets: SecretsPort;
}
