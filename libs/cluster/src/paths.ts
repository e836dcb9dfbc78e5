import { MeshwrightError } from '@meshwright/model';
import { type Resource } from './discovery.ts';

/** Which objects to list. */
export interface ListQuery {
  apiVersion: string;
  kind: string;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal | undefined;
}

/** The path of a kind's objects, in one namespace or in all. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group === '' ? '/api' : '/apis';
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${root}/${resource.apiVersion}${scope}/${resource.plural}`;
}

/** The path of a list, with its selectors. */
export function listPath(
  resource: Resource,
  query: ListQuery,
  parameters: Record<string, string | undefined>,
): string {
  const search = new URLSearchParams();
  const { labelSelector, fieldSelector } = query;
  for (const [name, value] of Object.entries({ labelSelector, fieldSelector, ...parameters })) {
    if (value !== undefined) search.set(name, value);
  }
  return `${collectionPath(resource, query.namespace)}?${search.toString()}`;
}

/** A name as a path segment. Kubernetes itself refuses these names (apimachinery, IsValidPathSegmentName). */
export function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw new MeshwrightError('INVALID_INPUT', `"${name}" is not a name that a Kubernetes object can have.`);
  }
  return encodeURIComponent(name);
}
