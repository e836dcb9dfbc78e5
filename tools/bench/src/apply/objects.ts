import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@meshwright/model';
import { parseAllDocuments } from 'yaml';

/**
 * VirtualServices as a team has them: two routes, one of them by header, with weights, a timeout and retries. They lead
 * to a host each of its own, unless there is one for all.
 */
export function virtualServices(namespace: string, count: number, host?: string): KubernetesObject[] {
  return Array.from({ length: count }, (_, index) => virtualService(namespace, `service-${index}`, host));
}

function virtualService(namespace: string, name: string, destination?: string): KubernetesObject {
  const own = `${name}.${namespace}.svc.cluster.local`;
  const host = destination ?? own;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/name': name } },
    spec: {
      hosts: [own],
      http: [
        {
          name: 'testers',
          match: [{ headers: { 'x-tester': { exact: 'true' } }, uri: { prefix: '/' } }],
          route: [{ destination: { host, subset: 'next' } }],
        },
        {
          name: 'everybody',
          route: [
            { destination: { host, subset: 'current' }, weight: 90 },
            { destination: { host, subset: 'next' }, weight: 10 },
          ],
          timeout: '5s',
          retries: { attempts: 2, perTryTimeout: '2s', retryOn: '5xx,reset' },
        },
      ],
    },
  };
}

/** Writes a file for each object into a directory, as both arms read them. */
export async function writeObjects(directory: string, objects: readonly KubernetesObject[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const object of objects) {
    await writeFile(join(directory, `${object.metadata.name}.json`), JSON.stringify(object));
  }
}

/** The objects of a directory, one in each file. */
export async function readObjects(directory: string): Promise<KubernetesObject[]> {
  const files = (await readdir(directory)).sort();
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(directory, file), 'utf8')) as KubernetesObject),
  );
}

/** The definitions of Istio's kinds, from its chart `base`. */
export async function istioDefinitions(charts: string): Promise<KubernetesObject[]> {
  const text = await readFile(join(charts, 'base', 'files', 'crd-all.gen.yaml'), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}
