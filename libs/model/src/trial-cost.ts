/**
 * What a trial's cost is asked of. What is left out is found out: the parts of every mesh that the agent knows, and the
 * namespaces of the probe and of the endpoint.
 */
export interface CostScope {
  /** The id of the plugin whose mesh it is. */
  mesh?: string;
  /** Of the control plane that counts, where several run beside each other; all of them when absent. */
  revision?: string;
  /** Where the proxies count that the requests go through. */
  namespaces?: readonly string[];
}

/** What parts of one kind used together while load was sent. */
export interface Usage {
  /** How many containers or nodes these are. */
  parts: number;
  /** Milliseconds of processor time in each second. */
  millicores: number;
  /** Bytes that they had in use (the working set) at the last look. */
  memory: number;
}

/** What was used during a trial. Parts that there are none of, or that are not known all, are absent. */
export interface TrialCost {
  /** The proxies that the requests go through, and all else that these did meanwhile. */
  proxies?: Usage;
  controlPlane?: Usage;
  /** The nodes of the pods that the requests go through, with everything on them. */
  nodes?: Usage;
}
