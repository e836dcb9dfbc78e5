import { labels } from '@meshwright/document';
import {
  leastRequests,
  MeshwrightError,
  type MetricLimits,
  patternApiVersion,
  type PerformanceProfile,
  type ProfileEndpoint,
  type ProfileLoad,
  usualLooks,
  usualProfile,
} from '@meshwright/model';
import { endpointsOf } from './endpoints.ts';
import { parseGoDuration } from './go-duration.ts';
import type { Note } from './note.ts';
import { type SmpClient, smpVersion, type TestConfigFile } from './test-config.ts';

/** The profiles of a test, and what of it they do not say. */
export interface ProfileImport {
  /** One for each kind of load among the clients: a profile has one load for all of its endpoints. */
  profiles: PerformanceProfile[];
  notes: Note[];
}

/**
 * A test of SMP as performance profiles. What a profile has no field for comes as a note. The profiles are to be read once
 * more as files before they are used: an address or a header of a test may be none that a profile takes.
 * @throws MeshwrightError INVALID_INPUT where no load can be made of it: without clients or addresses, without a fixed rate,
 *   with a duration that is none, or with fewer requests than half of a percentile needs.
 */
export function profilesOfTestConfig({ config, mesh }: TestConfigFile): ProfileImport {
  const notes: Note[] = [];
  const seconds = secondsOf(config.duration, notes);
  const groups = new Map<string, Group>();
  for (const [place, client] of config.clients.entries()) {
    const at = `clients[${place}]`;
    notes.push(...notesOfClient(client, at));
    const found = endpointsOf(client, at);
    notes.push(...found.notes);
    if (found.endpoints.length === 0) continue;
    const load = loadOf(client, seconds, at, notes);
    const generator = generatorOf(client, at, notes);
    const key = JSON.stringify([generator, load]);
    const group = groups.get(key) ?? { generator, load, endpoints: [] };
    groups.set(key, group);
    for (const endpoint of found.endpoints) {
      group.endpoints.push({ name: `endpoint-${group.endpoints.length + 1}`, ...endpoint });
    }
  }
  if (groups.size === 0) {
    throw refused(
      'The test has no client with an address that can be measured.',
      'Give one client an endpoint_urls.',
    );
  }
  if (groups.size > 1) {
    const message = `the clients ask for ${groups.size} kinds of load: each kind is a profile of its own`;
    notes.push({ path: 'clients', message });
  }
  notes.push(...notesOfConfig({ config, ...(mesh === undefined ? {} : { mesh }) }, groups));
  const profiles = [...groups.values()].map((group, place) => profileOf(config, group, place));
  return { profiles, notes };
}

interface Group {
  generator: string;
  load: ProfileLoad;
  endpoints: ProfileEndpoint[];
}

function profileOf(
  { name, labels: given }: TestConfigFile['config'],
  { generator, load, endpoints }: Group,
  place: number,
): PerformanceProfile {
  const kept = Object.entries(given).filter(isLabel);
  const slug = slugOf(name) ?? 'imported';
  return {
    apiVersion: patternApiVersion,
    kind: 'PerformanceProfile',
    metadata: {
      name: place === 0 ? slug : `${slug.slice(0, 57).replace(/-+$/, '')}-${place + 1}`,
      ...(kept.length === 0 ? {} : { labels: Object.fromEntries(kept) }),
    },
    spec: {
      generator,
      endpoints,
      load,
      contrast: usualProfile.contrast,
      looks: [...usualLooks],
      limits: limitsFor(load),
    },
  };
}

/** The usual limits of the percentiles that the load has requests enough for. */
function limitsFor({ rate, seconds }: ProfileLoad): MetricLimits {
  const limits: MetricLimits = {};
  for (const name of ['p50', 'p90', 'p99'] as const) {
    if (rate * seconds >= (leastRequests[name] ?? 0)) limits[name] = {};
  }
  return limits;
}

function secondsOf(duration: string, notes: Note[]): number {
  if (duration === '') {
    const message = `it is missing; each trial is measured for ${usualProfile.load.seconds} s`;
    notes.push({ path: 'duration', message });
    return usualProfile.load.seconds;
  }
  const seconds = parseGoDuration(duration);
  if (seconds === undefined || seconds === 0) {
    throw refused(`The duration ${JSON.stringify(duration)} is none.`, 'Write it like 30s or 1m30s.');
  }
  const rounded = Math.max(1, Math.round(seconds));
  if (rounded !== seconds) {
    notes.push({ path: 'duration', message: `profiles have whole seconds: ${duration} becomes ${rounded}s` });
  }
  if (rounded > 60) {
    const message = `${duration} is the length of each trial, and a comparison has ${2 * usualLooks[0]} or more: mind a shorter one`;
    notes.push({ path: 'duration', message });
  }
  return rounded;
}

function loadOf({ rps, connections }: SmpClient, seconds: number, at: string, notes: Note[]): ProfileLoad {
  if (rps < 1) {
    throw refused(
      `${at}.rps is ${rps}: as many requests as can be sent is no fixed rate, and only at a fixed rate can two runs be compared.`,
      'Give it a rate well under what the workload can bear.',
    );
  }
  const least = leastRequests.p50 ?? 0;
  if (rps * seconds < least) {
    throw refused(
      `${at} sends ${rps * seconds} requests; a trial needs ${least} for the least that can be judged, p50.`,
      'Raise rps or duration.',
    );
  }
  if (connections < 1) {
    const message = `there is no number of them; ${usualProfile.load.connections} are used`;
    notes.push({ path: `${at}.connections`, message });
  }
  const { load } = usualProfile;
  return { ...load, rate: rps, seconds, ...(connections < 1 ? {} : { connections }) };
}

function generatorOf({ loadGenerator }: SmpClient, at: string, notes: Note[]): string {
  const generator = slugOf(loadGenerator) ?? usualProfile.generator;
  if (generator !== loadGenerator) {
    const named =
      loadGenerator === '' ? 'none is named' : `${JSON.stringify(loadGenerator)} is no id of a plugin`;
    notes.push({ path: `${at}.loadGenerator`, message: `${named}; ${generator} is used` });
  }
  return generator;
}

function notesOfClient(
  { internal, sslCertificate, additionalOptions, endpointUrls }: SmpClient,
  at: string,
): Note[] {
  const notes: Note[] = [];
  const lost = (field: string, message: string): number => notes.push({ path: `${at}.${field}`, message });
  if (internal) lost('internal', 'where load comes from is up to the load agent');
  if (sslCertificate !== '')
    lost('sslCertificate', 'profiles name no certificates; those of the machine are trusted');
  if (additionalOptions !== '') lost('additionalOptions', 'profiles have no options of a single generator');
  if (endpointUrls.length > 1) {
    lost('endpointUrls', 'each becomes an endpoint, measured one after the other with the whole rate');
  }
  return notes;
}

function notesOfConfig({ config, mesh }: TestConfigFile, groups: ReadonlyMap<string, Group>): Note[] {
  const notes: Note[] = [];
  const lost = (path: string, message: string): number => notes.push({ path, message });
  if (config.smpVersion !== smpVersion) lost('smpVersion', `profiles do not say it (${config.smpVersion})`);
  if (config.id !== '') lost('id', `profiles have no ids (${config.id})`);
  const slug = slugOf(config.name);
  if (slug !== config.name)
    lost('name', `it becomes ${slug ?? 'imported'}: names of profiles are DNS labels`);
  for (const label of Object.entries(config.labels)) {
    if (!isLabel(label))
      lost('labels', `${JSON.stringify(label[0])} is left out: it is no label as Kubernetes has them`);
  }
  if (mesh !== undefined) lost('mesh', `profiles name no mesh (${mesh.type}): the pattern does`);
  if (groups.size === 1 && config.clients.length > 1) {
    lost(
      'clients',
      'they send at the same time in SMP; endpoints of a profile are measured one after the other',
    );
  }
  return notes;
}

/** A name as a DNS label; undefined when nothing of it is left. */
function slugOf(name: string): string | undefined {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? undefined : slug;
}

function isLabel([name, value]: [string, string]): boolean {
  return labels().safeParse({ [name]: value }).success;
}

function refused(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('INVALID_INPUT', message, { remedy });
}
