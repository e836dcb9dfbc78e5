import { ISTIO_HUB } from '../images/index.ts';

/** The part of the Istio charts' values that a testbed decides. */
export interface IstioValues {
  readonly global: {
    readonly hub: string;
    readonly tag: string;
    readonly imagePullPolicy: string;
    readonly proxy: { readonly resources: ResourceRequests };
  };
  readonly autoscaleEnabled: boolean;
  readonly resources: ResourceRequests;
  readonly telemetry: { readonly enabled: boolean };
  readonly env: Readonly<Record<string, string>>;
}

interface ResourceRequests {
  readonly requests: { readonly cpu: string; readonly memory: string };
}

const small: ResourceRequests = { requests: { cpu: '10m', memory: '64Mi' } };

/**
 * The values Istio's charts (`istiod`, `gateway`) need on a testbed's node. The images are the testbed's own and are
 * never pulled; requests are small because a node is one small machine; and Istio's own Envoy filters (metadata
 * exchange, ALPN, statistics) are off, because the testbed's proxy is upstream Envoy, which does not have them.
 *
 * @param tag the version the images were written for, such as `1.31.0`.
 */
export function istioValues(tag: string): IstioValues {
  return {
    global: {
      hub: ISTIO_HUB,
      tag,
      imagePullPolicy: 'IfNotPresent',
      proxy: { resources: small },
    },
    autoscaleEnabled: false,
    resources: small,
    telemetry: { enabled: false },
    env: {
      PILOT_ENABLE_METADATA_EXCHANGE: 'false',
      PILOT_DISABLE_MX_ALPN: 'true',
      PILOT_ENABLE_ALPN_FILTER: 'false',
    },
  };
}

/**
 * The same settings in the form of `istioctl install --filename`: the profile `minimal`, which is the base and istiod
 * without gateways. The istiod chart's own values lie below `pilot` there.
 */
export function istioctlSettings(tag: string): object {
  const { global, telemetry, ...pilot } = istioValues(tag);
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: { profile: 'minimal', hub: global.hub, tag, values: { global, telemetry, pilot } },
  };
}
