import { type ChartRequest, MeshwrightError } from '@meshwright/model';

/**
 * What each part may look like: nothing that Helm could take for an option or a path, and the names
 * Kubernetes itself accepts (RFC 1123 labels; a release name has at most 53 characters).
 */
const forms: [keyof ChartRequest, RegExp][] = [
  ['chart', /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$/],
  ['version', /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]{1,100})?(\+[0-9A-Za-z.-]{1,100})?$/],
  ['releaseName', /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/],
  ['namespace', /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/],
  ['kubeVersion', /^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]{1,100})?$/],
];
const apiVersionForm = /^[A-Za-z0-9][A-Za-z0-9./-]{0,300}$/;

/** @throws MeshwrightError INVALID_INPUT for a request that is not worth starting Helm for. */
export function checkRequest(request: ChartRequest): void {
  for (const [field, form] of forms) {
    const value = request[field];
    if (typeof value === 'string' && form.test(value)) continue;
    throw new MeshwrightError(
      'INVALID_INPUT',
      `A chart cannot be rendered with ${field} ${JSON.stringify(value)}.`,
    );
  }
  for (const apiVersion of request.apiVersions) {
    if (apiVersionForm.test(apiVersion)) continue;
    throw new MeshwrightError('INVALID_INPUT', `${JSON.stringify(apiVersion)} is not an API version.`);
  }
}
