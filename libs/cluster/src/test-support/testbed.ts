import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubernetesObject } from '@meshwright/model';
import { inject, onTestFinished } from 'vitest';
import { connectCluster, type ClusterClient } from '../client.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kubeconfig: string;
  }
}

/** The kubeconfig of the API server that the test run brought up. */
export function testKubeconfig(): string {
  return process.env.MESHWRIGHT_TEST_KUBECONFIG ?? inject('kubeconfig');
}

/** A client that is closed when the test is over. */
export function testClient(options: { kubeconfig?: string; user?: string } = {}): ClusterClient {
  const client = connectCluster({
    name: 'test',
    kubeconfig: options.kubeconfig ?? testKubeconfig(),
    ...(options.user === undefined ? {} : { impersonate: { user: options.user } }),
  });
  onTestFinished(() => client.close());
  return client;
}

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMap(
  namespace: string,
  name: string,
  data: Record<string, string> = { a: '1' },
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

export function deployment(namespace: string, name: string, template: object = {}): KubernetesObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...template },
        // The server adds defaults below atomic fields (fieldRef) and rewrites quantities: both must still compare equal.
        spec: {
          containers: [
            {
              name: 'main',
              image: 'registry.example/app:1',
              env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
              ports: [{ containerPort: 80 }],
              resources: { requests: { memory: '1024Ki' } },
            },
          ],
        },
      },
    },
  };
}

/** A definition of the kind Widget in a group of its own, and a Widget. */
export function widgets(namespace: string): {
  group: string;
  definition: KubernetesObject;
  widget: KubernetesObject;
} {
  const group = `${namespace}.example.com`;
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer', default: 3 } } } },
  };
  return {
    group,
    definition: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    },
    widget: { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w', namespace }, spec: {} },
  };
}

/** Makes the server deny an operation on a resource in one namespace, with a reason. */
export async function denyInNamespace(
  client: ClusterClient,
  denial: { namespace: string; resource: string; operation: string; message: string },
): Promise<string> {
  const { namespace, resource, operation, message } = denial;
  const name = uniqueName('deny');
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = { apiGroups: ['*'], apiVersions: ['*'], operations: [operation], resources: [resource] };
  await client.apply({
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'false', message }],
    },
  });
  await client.apply({
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  });
  onTestFinished(async () => {
    const admin = connectCluster({ name: 'test', kubeconfig: testKubeconfig() });
    for (const kind of ['ValidatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy']) {
      const live = await admin.getHeader({ apiVersion, kind, name });
      await admin.delete({ apiVersion, kind, name }, live?.metadata.uid ?? '');
    }
    await admin.close();
  });
  return name;
}

/** Asks again until an answer is there, for at most half a minute. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAt) throw new Error('it did not happen within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A relay before the API server whose connections a test can break. */
export interface Relay {
  kubeconfig: string;
  /** Breaks all connections; gives how many there were. */
  breakConnections(): number;
}

export async function openRelay(): Promise<Relay> {
  const original = await readFile(testKubeconfig(), 'utf8');
  const [, server = ''] = /server: *"?(https:\/\/[^\s"]+)/.exec(original) ?? [];
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  const relay = createServer((inbound) => {
    const outbound = connect(Number(port), hostname);
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const address = relay.address() as AddressInfo;
  const kubeconfig = join(tmpdir(), uniqueName('relay-kubeconfig'));
  const relayed = original.replaceAll(server, `https://127.0.0.1:${address.port}`);
  await writeFile(kubeconfig, relayed, { mode: 0o600 });
  const breakConnections = (): number => {
    const count = sockets.size;
    for (const socket of sockets) socket.destroy();
    return count;
  };
  onTestFinished(async () => {
    breakConnections();
    relay.close();
    await rm(kubeconfig);
  });
  return { kubeconfig, breakConnections };
}
