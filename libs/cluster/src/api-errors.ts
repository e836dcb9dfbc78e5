import { formatReference, MeshwrightError, type ErrorDetails, type ObjectReference } from '@meshwright/model';
import { FieldConflictError } from './conflict-error.ts';
import { isJsonObject, objectsAt, textAt } from './json.ts';
import { bounded } from './lines.ts';

/** What was asked when the API server refused it. */
export interface Asked {
  /** What people call the cluster. */
  cluster: string;
  /** A Kubernetes verb: get, list, patch … */
  verb: string;
  object?: ObjectReference;
  /** The resource as roles name it, such as `deployments` in the group `apps`. */
  resource?: { group: string; plural: string; namespace?: string };
}

/** One cause of a refusal, of a `Status` object's `details.causes`. */
interface Cause {
  field: string;
  reason: string;
  message: string;
}

interface Refusal {
  asked: Asked;
  code: number;
  reason: string;
  message: string;
  causes: Cause[];
}

const mostLines = 50;
const longestText = 1_000;

/**
 * The error of an answer that is not a success. The rules follow the `Status` objects of apimachinery
 * (metav1.StatusReason), the admission chain's wording and RBAC's; nothing of a Secret's values is repeated.
 */
export function refusalError(asked: Asked, code: number, body: string): MeshwrightError {
  const refusal = readRefusal(asked, code, body);
  return (
    denial(refusal) ??
    conflict(refusal) ??
    unauthorized(refusal) ??
    failedWebhook(refusal) ??
    serverFault(refusal) ??
    refused(refusal)
  );
}

function readRefusal(asked: Asked, code: number, body: string): Refusal {
  const status = parseStatus(body);
  const causes = objectsAt(status, 'details', 'causes').map((cause) => ({
    field: textAt(cause, 'field') ?? '',
    reason: textAt(cause, 'reason') ?? '',
    message: safeText(asked, textAt(cause, 'message') ?? ''),
  }));
  const message = textAt(status, 'message') ?? (status === undefined ? body : '');
  return { asked, code, reason: textAt(status, 'reason') ?? '', message: safeText(asked, message), causes };
}

function parseStatus(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an answer is the API server's own word, and not that of what is behind its proxy: a `Status` (metav1). */
export function isServerStatus(body: string): boolean {
  return textAt(parseStatus(body), 'kind') === 'Status';
}

/** The error of a pod that does not give what it is asked for through the API server. */
export function podRefusal(
  cluster: string,
  pod: ObjectReference,
  code: number,
  body: string,
): MeshwrightError {
  const why = body.trim() === '' ? '' : `: ${shortened(body.trim())}`;
  return new MeshwrightError(
    'API_REFUSED',
    `${formatReference(pod)} on the cluster "${cluster}" answered ${code}${why}`,
    {
      where: `cluster ${cluster}, ${formatReference(pod)}`,
      remedy:
        code === 401 || code === 403
          ? 'The pod itself asks for credentials or has a rule against the caller; the rights on the cluster are enough.'
          : 'Look at the logs of the pod; it may not be ready yet.',
    },
  );
}

/** The server quotes what it refuses; of a Secret that may be a secret, so quotations are taken out. */
function safeText(asked: Asked, text: string): string {
  return shortened(asked.object?.kind === 'Secret' ? withoutValues(text) : text);
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function withoutValues(text: string): string {
  return text
    .replace(
      /(Invalid value|Unsupported value|Duplicate value): ("(?:[^"\\]|\\.)*"|[^:]*)/g,
      '$1: (redacted)',
    )
    .replace(/\{.*\}/gs, '(redacted)');
}

/** `admission webhook "x" denied the request: why`, admission policies, Pod Security. */
const denials = [
  /admission webhook "(?<who>[^"]+)" denied the request(?: without explanation|:)?\s*(?<why>[\s\S]*)/,
  /ValidatingAdmissionPolicy '(?<who>[^']+)'[^:]*denied request: (?<why>[\s\S]*)/,
  /violates (?<who>PodSecurity "[^"]+"): (?<why>[\s\S]*)/,
];

function denial({ asked, message }: Refusal): MeshwrightError | undefined {
  for (const pattern of denials) {
    const groups = pattern.exec(message)?.groups;
    if (groups === undefined) continue;
    const why = groups.why?.trim() === '' ? 'it gave no reason' : groups.why?.trim();
    return new MeshwrightError(
      'ADMISSION_DENIED',
      `${subject(asked)} was denied by the admission check ${groups.who ?? ''} of the cluster "${asked.cluster}": ${why ?? ''}`,
      details(
        asked,
        `Change the object so that ${groups.who ?? 'the check'} accepts it, or change that rule.`,
      ),
    );
  }
  return undefined;
}

/** A server-side apply that met fields of other managers: every field with its owner. */
function conflict({ asked: { cluster, object }, code, causes }: Refusal): MeshwrightError | undefined {
  const fields = causes.filter((cause) => cause.reason === 'FieldManagerConflict');
  if (code !== 409 || object === undefined || fields.length === 0) return undefined;
  return new FieldConflictError(
    cluster,
    object,
    fields.map(({ field, message }) => ({ field, owner: ownerOf(message) })),
  );
}

/** `conflict with "kubectl-edit" using apps/v1 at …` names the manager first. */
function ownerOf(message: string): string {
  return /conflict with "([^"]+)"/.exec(message)?.[1] ?? message;
}

function unauthorized({ asked, code, reason, message }: Refusal): MeshwrightError | undefined {
  if (code === 401) {
    return new MeshwrightError(
      'CLUSTER_UNAUTHORIZED',
      `The cluster "${asked.cluster}" does not accept the credentials: it may not be known who is asking, or the token is expired.`,
      {
        where: `cluster ${asked.cluster}`,
        remedy: 'Renew the token or the client certificate in the kubeconfig.',
      },
    );
  }
  if (code !== 403 || reason !== 'Forbidden' || !message.includes(' cannot ')) return undefined;
  const user = /User "([^"]+)"/.exec(message)?.[1] ?? 'the user of the kubeconfig';
  const { verb, resource } = asked;
  const named = /cannot (\S+) resource "([^"]+)" in API group "([^"]*)"/.exec(message);
  const rule = {
    verb: named?.[1] ?? verb,
    plural: named?.[2] ?? resource?.plural ?? '',
    group: named?.[3] ?? resource?.group ?? '',
  };
  const namespace = /in the namespace "([^"]+)"/.exec(message)?.[1];
  const scope = namespace === undefined ? 'at cluster scope' : `in the namespace "${namespace}"`;
  return new MeshwrightError(
    'CLUSTER_UNAUTHORIZED',
    `The cluster "${asked.cluster}" does not allow "${user}" to ${rule.verb} ${rule.plural} ${scope}.`,
    details(
      asked,
      `Bind a ${namespace === undefined ? 'ClusterRole' : 'Role'} to "${user}" with the rule ` +
        `apiGroups: ["${rule.group}"], resources: ["${rule.plural}"], verbs: ["${rule.verb}"].`,
    ),
  );
}

/** A webhook that could not be asked is no denial: it may answer soon. */
function failedWebhook({ asked, message }: Refusal): MeshwrightError | undefined {
  const webhook = /failed calling webhook "([^"]+)"/.exec(message)?.[1];
  if (webhook === undefined) return undefined;
  return new MeshwrightError(
    'CLUSTER_UNREACHABLE',
    `${subject(asked)} waits for the admission webhook "${webhook}", which the API server of the cluster ` +
      `"${asked.cluster}" cannot reach: ${message.slice(message.indexOf(webhook) + webhook.length + 2).replace(/^:\s*/, '')}`,
    details(asked, `Check the Service and the pods behind the webhook "${webhook}".`),
  );
}

/** What server-side apply answers, with status 500, to an object that does not fit its schema: trying again is no use. */
export const unreadableObject = /failed to (create typed patch object|convert new object)/;

function serverFault({ asked, code, message }: Refusal): MeshwrightError | undefined {
  const passes = code >= 500 || code === 408 || code === 429;
  if (!passes || unreadableObject.test(message)) return undefined;
  return new MeshwrightError(
    'CLUSTER_UNREACHABLE',
    `The cluster "${asked.cluster}" failed to ${asked.verb} ${what(asked)}: ${message || `status ${code}`}`,
    details(asked, 'Look at the logs of the API server; the call may be tried again.'),
  );
}

function refused(refusal: Refusal): MeshwrightError {
  const { asked, code, message, causes } = refusal;
  const lines = causes.map((cause) =>
    cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`,
  );
  return new MeshwrightError(
    'API_REFUSED',
    `${subject(asked)} was refused by the cluster "${asked.cluster}": ${message || `status ${code}`}`,
    {
      ...details(asked, remedyOf(refusal)),
      ...(lines.length === 0 ? {} : { lines: bounded(lines, mostLines) }),
    },
  );
}

const remedies: readonly [RegExp, string][] = [
  [/namespaces "[^"]*" not found/, 'Add the Namespace to the pattern, or create it first.'],
  [/is being terminated|being deleted/, 'Wait until the deletion has finished, then apply again.'],
  [/exceeded quota/, "Raise the namespace's ResourceQuota, or ask for less."],
  [
    /field is immutable|is immutable|updates to .* are forbidden/,
    'Delete the object first, or keep the field as it is.',
  ],
  [
    /unknown field|not declared in schema/,
    'Correct the field, or install the version of the CRD that has it.',
  ],
];

function remedyOf({ asked, message, code }: Refusal): string {
  const known = remedies.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return known[1];
  if (asked.verb === 'get' || asked.verb === 'list') return 'Check that it exists and answers.';
  return code === 409
    ? 'Somebody else changed it at the same time: try again.'
    : 'Correct the object in the pattern.';
}

/** The error for a kind that no API of the server has. */
export function kindNotServed(cluster: string, apiVersion: string, kind: string): MeshwrightError {
  return new MeshwrightError(
    'KIND_NOT_SERVED',
    `The cluster "${cluster}" does not serve ${kind} of ${apiVersion}.`,
    {
      where: `cluster ${cluster}`,
      remedy: `Install the CustomResourceDefinition of ${kind} first, or use a version of it that the cluster serves.`,
    },
  );
}

function subject(asked: Asked): string {
  return asked.object === undefined ? `To ${asked.verb} ${what(asked)}` : formatReference(asked.object);
}

function what({ object, resource }: Asked): string {
  if (object !== undefined) return formatReference(object);
  if (resource === undefined) return 'the API';
  return resource.namespace === undefined ? resource.plural : `${resource.plural} in ${resource.namespace}`;
}

function details(asked: Asked, remedy: string): ErrorDetails {
  const where =
    asked.object === undefined ? asked.cluster : `${asked.cluster}, ${formatReference(asked.object)}`;
  return { where: `cluster ${where}`, remedy };
}
