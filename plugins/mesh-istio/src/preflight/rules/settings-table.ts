/**
 * Environment variables that istiod, its agents or its proxies no longer read, with the minor version of Istio 1 since
 * which. From the sources of the release branches 1.24 to 1.31 of istio/istio: those that are registered in one and not
 * in the next. Variables of tests are left out.
 */
export const removedVariables: ReadonlyMap<string, number> = new Map([
  ['ENABLE_ENHANCED_RESOURCE_SCOPING', 25],
  ['ENABLE_RESOLUTION_NONE_TARGET_PORT', 25],
  ['PROXY_XDS_DEBUG_VIA_AGENT', 25],
  ['PROXY_XDS_DEBUG_VIA_AGENT_PORT', 25],
  ['ENABLE_AUTO_SNI', 26],
  ['ENABLE_DEFERRED_CLUSTER_CREATION', 26],
  ['ENABLE_DELIMITED_STATS_TAG_REGEX', 26],
  ['BYPASS_OVERLOAD_MANAGER_FOR_STATIC_LISTENERS', 27],
  ['ENABLE_DEFERRED_STATS_CREATION', 27],
  ['ENABLE_INBOUND_RETRY_POLICY', 27],
  ['EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 27],
  ['PILOT_STATUS_BURST', 27],
  ['PILOT_STATUS_QPS', 27],
  ['PILOT_STATUS_UPDATE_INTERVAL', 27],
  ['METRIC_GRACEFUL_DELETION_INTERVAL', 28],
  ['METRIC_ROTATION_INTERVAL', 28],
  ['PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY', 31],
]);

/**
 * Defaults that change in a minor version, by the value that settles them. From the compatibility profiles of the charts
 * (manifests/helm-profiles/compatibility-version-*.yaml of istio/istio, 1.24 to 1.31).
 */
export const behaviourChanges: readonly { since: number; path: string }[] = [
  { since: 25, path: 'istiod.pilot.env.PILOT_ENABLE_IP_AUTOALLOCATE' },
  { since: 25, path: 'cni.ambient.dnsCapture' },
  { since: 26, path: 'cni.ambient.shareHostNetworkNamespace' },
  { since: 27, path: 'istiod.pilot.env.ENABLE_NATIVE_SIDECARS' },
  { since: 28, path: 'istiod.pilot.env.DISABLE_SHADOW_HOST_SUFFIX' },
  { since: 28, path: 'istiod.pilot.env.PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY' },
  { since: 29, path: 'istiod.pilot.env.DISABLE_TRACK_REMAINING_CB_METRICS' },
  { since: 29, path: 'cni.ambient.reconcileIptablesOnStartup' },
  { since: 30, path: 'istiod.pilot.env.PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE' },
  { since: 31, path: 'istiod.pilot.env.PILOT_ENABLE_STRICT_GATEWAY_MERGING' },
  { since: 31, path: 'istiod.pilot.env.PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS' },
];

/** The oldest compatibility profile that the charts of a minor version bring: three back, and from 1.29 on always 1.25. */
export function oldestCompatibility(minor: number): number {
  return minor <= 28 ? minor - 3 : 25;
}
