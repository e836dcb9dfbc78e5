import type { IncomingMessage } from 'node:http';

/** One request to the API server, as far as faults and the reader tell requests apart. */
export interface SeenRequest {
  method: string;
  /** With its query. */
  url: string;
  /** The plural of the kind, as in the path; with a subresource after a slash. */
  resource: string;
  namespace: string | undefined;
  name: string | undefined;
  fieldManager: string | undefined;
  dryRun: boolean;
  watch: boolean;
  isApply: boolean;
}

/** The path of the Kubernetes API: `/api/v1/…` or `/apis/<group>/<version>/…`, then namespace, plural, name. */
const apiPath =
  /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/;

/** Reads a request's line and headers. */
export function seen({ method = 'GET', url = '/', headers }: IncomingMessage): SeenRequest {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, namespace, plural = '', name, subresource] = apiPath.exec(pathname) ?? [];
  return {
    method,
    url,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    namespace,
    name: name === undefined ? undefined : decodeURIComponent(name),
    fieldManager: searchParams.get('fieldManager') ?? undefined,
    dryRun: searchParams.has('dryRun'),
    watch: searchParams.get('watch') === 'true',
    isApply: (headers['content-type'] ?? '').startsWith('application/apply-patch'),
  };
}

/** An object is applied for good. */
export function isApply({ method, isApply: applies, dryRun }: SeenRequest): boolean {
  return method === 'PATCH' && applies && !dryRun;
}

/** A dry run of an apply, as plans are made of. */
export function isDryRun({ method, isApply: applies, dryRun }: SeenRequest): boolean {
  return method === 'PATCH' && applies && dryRun;
}

export function isDelete({ method, dryRun }: SeenRequest): boolean {
  return method === 'DELETE' && !dryRun;
}

/** The parent object of an inventory is written, or the record in it. */
export function isInventoryWrite({ method, fieldManager, resource }: SeenRequest): boolean {
  return method !== 'GET' && fieldManager === 'meshwright-inventory' && resource === 'configmaps';
}

/** A workload is restarted. */
export function isRestart({ method, fieldManager }: SeenRequest): boolean {
  return method === 'PATCH' && fieldManager === 'meshwright-restart';
}

/** Anything that changes the cluster. */
export function isWrite({ method, dryRun }: SeenRequest): boolean {
  return method !== 'GET' && !dryRun;
}

/** What a stage does to the cluster. */
export function isStageWrite(request: SeenRequest): boolean {
  return isApply(request) || isDelete(request);
}
