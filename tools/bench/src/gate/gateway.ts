import type { PatternContent } from '../engine/patterns.ts';
import { workloadNamespace } from '../upgrade/workloads.ts';
import { documents, faultOf, type Way } from './ways.ts';

const name = 'gateway';
const port = 8080;
const labels = { app: name };
const metadata = { name, namespace: workloadNamespace };

/** The Service of the gateway. */
export const gatewayService = { apiVersion: 'v1', kind: 'Service', ...metadata };

/** The content with a gateway, through which each way can also be reached from outside of the mesh, by a path of its name. */
export function withGateway({ spec, files }: PatternContent, ways: readonly Way[]): PatternContent {
  return {
    spec,
    files: {
      ...files,
      'apps/checkout/gateway.yaml': documents([deployment, service]),
      'istio/gateway.yaml': documents([gateway, routes(ways)]),
    },
  };
}

/** Its proxy is put in by the injection, as Istio's own chart `gateway` has it; an image without a tag would be pulled always. */
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...metadata, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: {
        labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
        annotations: { 'inject.istio.io/templates': 'gateway' },
      },
      spec: {
        containers: [
          {
            name: 'istio-proxy',
            image: 'auto',
            imagePullPolicy: 'IfNotPresent',
            ports: [{ name: 'http', containerPort: port }],
          },
        ],
      },
    },
  },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: { selector: labels, ports: [{ name: 'http', port }] },
};

const gateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata,
  spec: {
    selector: labels,
    servers: [{ port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
};

function routes(ways: readonly Way[]): object {
  const http = ways.map((way) => ({
    match: [{ uri: { prefix: `/${way.host}` } }],
    fault: faultOf(way),
    route: [{ destination: { host: way.host } }],
  }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata,
    spec: { hosts: ['*'], gateways: [name], http },
  };
}
