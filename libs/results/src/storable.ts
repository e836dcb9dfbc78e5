import {
  type BaselineRecord,
  type LoadEndpoint,
  type LoadPath,
  MeshwrightError,
  type TrialRecord,
} from '@meshwright/model';
import { failedOf } from '@meshwright/statistics';

/** What is read again was written within these. */
export const limits = {
  id: 200,
  name: 250,
  blocks: 1_000,
  metrics: 100,
  costs: 1_000,
  /** Characters of everything together; 16 blocks have about one million. */
  characters: 32 * 1024 ** 2,
} as const;

const idForm = /^[A-Za-z0-9][A-Za-z0-9._:@/-]*$/;

/** Whether a text can be an id, or the beginning of one. */
export function isId(text: string): boolean {
  return text.length <= limits.id && idForm.test(text);
}

/**
 * The record as it is kept: without credentials, and refused where it could not be read again as it was.
 * @throws MeshwrightError INVALID_INPUT, with the place.
 */
export function storable(record: BaselineRecord): BaselineRecord {
  const { id, input, status, startedAt, endedAt, costs = [] } = record;
  if (!isId(id)) throw refused('id', `is not 1 to ${limits.id} letters, digits and ._:@/-`);
  for (const [path, name] of namesOf(record)) {
    if (name.length > limits.name) throw refused(path, `is longer than ${limits.name} characters`);
  }
  if (!isMoment(startedAt)) throw refused('startedAt', 'is no time');
  if (!isMoment(endedAt) || endedAt < startedAt) throw refused('endedAt', 'is no time after startedAt');
  refuseMany('status.blocks', status.blocks, limits.blocks);
  refuseMany('input.metrics', input.metrics, limits.metrics);
  refuseMany('costs', costs, limits.costs);
  refuseTwice(
    'input.metrics',
    input.metrics.map(({ name }) => name),
  );
  refuseTwice(
    'costs',
    costs.map(({ arm, name }) => `${arm} ${name}`),
  );
  for (const [place, block] of status.blocks.entries()) {
    for (const side of sides) {
      const trial = block[side];
      if (trial !== undefined) refuseTrial(`status.blocks[${place}].${side}`, trial);
    }
  }
  refuseUnwritable(record, '');
  const ended = { ...status };
  delete ended.waitingFor;
  const { paths, control } = input;
  const kept: BaselineRecord = {
    ...record,
    input: {
      ...input,
      paths: { a: publicPath(paths.a), b: publicPath(paths.b) },
      ...(control === undefined ? {} : { control: publicPath(control) }),
    },
    status: ended,
  };
  if (JSON.stringify(kept).length > limits.characters) throw refused('', 'is too large');
  return kept;
}

/** The trials that a block may have. */
export const sides = ['a', 'b', 'controlA', 'controlB'] as const;

function publicPath(path: LoadPath): LoadPath {
  return { ...path, endpoint: withoutCredentials(path.endpoint) };
}

/** What ECMAScript has a date for, and databases have room for. */
function isMoment(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= 8.64e15;
}

function refuseTrial(path: string, trial: TrialRecord): void {
  const { latency, requests } = trial;
  if (!/^[A-Za-z0-9+/=]*$/.test(latency)) throw refused(`${path}.latency`, 'is no base64');
  const failed = failedOf(trial);
  if (!(Math.max(requests, failed) <= Number.MAX_SAFE_INTEGER)) {
    throw refused(path, `has ${requests} requests and ${failed} errors`);
  }
}

/** The names that are looked for, each with its place. */
function namesOf({ context, input, costs = [] }: BaselineRecord): [path: string, name: string][] {
  const { repository, pattern, cluster, arms } = context;
  const names: [string, string | undefined][] = [
    ['input.name', input.name],
    ['input.agent', input.agent],
    ['input.generator', input.generator],
    ['context.repository', repository],
    ['context.pattern', pattern],
    ['context.cluster', cluster],
    ['context.arms.a.mesh.type', arms?.a?.mesh?.type],
    ['context.arms.b.mesh.type', arms?.b?.mesh?.type],
    ...input.metrics.map(({ name }, place): [string, string] => [`input.metrics[${place}].name`, name]),
    ...costs.map(({ name }, place): [string, string] => [`costs[${place}].name`, name]),
  ];
  return names.filter((entry): entry is [string, string] => entry[1] !== undefined);
}

function refuseMany(path: string, entries: readonly unknown[], most: number): void {
  if (entries.length > most) throw refused(path, `has ${entries.length} entries, more than ${most}`);
}

function refuseTwice(path: string, names: readonly string[]): void {
  const twice = names.findIndex((name, place) => names.indexOf(name) !== place);
  if (twice !== -1) throw refused(`${path}[${twice}]`, 'is there twice');
}

/** JSON writes NaN and the infinities as null: a figure would silently become none. */
function refuseUnwritable(value: unknown, path: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw refused(path, `is ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    refuseUnwritable(
      field,
      Array.isArray(value) ? `${path}[${key}]` : `${path}${path === '' ? '' : '.'}${key}`,
    );
  }
}

const telling = /auth|cookie|credential|key|password|secret|session|token/i;
const removed = '(removed)';

/** Headers that carry credentials, and those in an address, do not belong in a database. */
function withoutCredentials(endpoint: LoadEndpoint): LoadEndpoint {
  const { address, headers } = endpoint;
  const kept = Object.entries(headers ?? {}).map(([name, value]) => [
    name,
    telling.test(name) ? removed : value,
  ]);
  return {
    ...endpoint,
    address: address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${removed}@`),
    ...(headers === undefined ? {} : { headers: Object.fromEntries(kept) as Record<string, string> }),
  };
}

function refused(path: string, problem: string): MeshwrightError {
  return new MeshwrightError(
    'INVALID_INPUT',
    `The baseline cannot be saved: ${path === '' ? 'it' : path} ${problem}.`,
  );
}
