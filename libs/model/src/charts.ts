/** What to render of which chart: the same request always gives the same objects. */
export interface ChartRequest {
  /** The chart's name in its repository, such as `istiod`. */
  chart: string;
  /** An exact version. */
  version: string;
  releaseName: string;
  namespace: string;
  values: Record<string, unknown>;
  /** Without the leading `v`. */
  kubeVersion: string;
  /** `group/version` or `group/version/Kind`, for charts that ask `.Capabilities.APIVersions`. */
  apiVersions: string[];
  includeCrds: boolean;
}
