import { formatDuration } from '@meshwright/document';
import { LoadProtocol, type PerformanceProfile, type ProfileEndpoint } from '@meshwright/model';
import { parseCookies } from './cookies.ts';
import { isHttp } from './endpoints.ts';
import type { Note } from './note.ts';
import { type PerformanceTestConfig, type SmpClient, type SmpProtocol, smpVersion } from './test-config.ts';

/** A test, and what of the profile it does not say. */
export interface TestConfigExport {
  config: PerformanceTestConfig;
  notes: Note[];
}

const protocols: Readonly<Record<LoadProtocol, SmpProtocol>> = {
  http1: 'PROTOCOL_HTTP',
  http2: 'PROTOCOL_HTTP',
  grpc: 'PROTOCOL_GRPC',
  tcp: 'PROTOCOL_TCP',
};

/** A profile as a test of SMP, with a client for each endpoint. Whatever SMP has no field for comes as a note. */
export function testConfigOfProfile({ metadata, spec }: PerformanceProfile): TestConfigExport {
  const notes = notesOfSpec(spec);
  const clients = spec.endpoints.map((endpoint, place): SmpClient => {
    notes.push(...notesOfEndpoint(endpoint, `spec.endpoints[${place}]`));
    return clientOf(endpoint, spec);
  });
  const config = {
    smpVersion,
    id: '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    clients,
    duration: formatDuration(spec.load.seconds),
  };
  return { config, notes };
}

function clientOf(
  { protocol, address, headers = {}, body = '' }: ProfileEndpoint,
  { generator, load }: PerformanceProfile['spec'],
): SmpClient {
  const others: Record<string, string> = {};
  let contentType = '';
  let cookies: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const known = name.toLowerCase();
    const parsed = known === 'cookie' ? parseCookies(value) : undefined;
    if (known === 'content-type' && value !== '' && contentType === '') contentType = value;
    else if (parsed !== undefined && Object.keys(cookies).length === 0) cookies = parsed;
    else others[name] = value;
  }
  return {
    internal: false,
    loadGenerator: generator,
    protocol: protocols[protocol],
    connections: load.connections,
    rps: load.rate,
    headers: others,
    cookies,
    body,
    contentType,
    endpointUrls: [protocol === LoadProtocol.tcp ? `tcp://${address}` : address],
    sslCertificate: '',
    additionalOptions: '',
  };
}

function notesOfSpec({
  endpoints,
  load,
  contrast,
  probes,
  looks,
  limits,
}: PerformanceProfile['spec']): Note[] {
  const lost = (path: string, message: string): Note => ({ path: `spec.${path}`, message });
  const notes = [
    lost('load.arrivals', `SMP does not say how requests are spread over time (${load.arrivals})`),
    lost('load.warmUp', `SMP has no warm-up (${formatDuration(load.warmUpSeconds)})`),
    lost('load.timeout', `SMP has no timeout (${formatDuration(load.timeoutSeconds)})`),
    lost('contrast', `SMP compares nothing (${contrast})`),
    lost('blocks', `SMP measures once: it has no blocks (${looks.join(', ')})`),
    lost('limits', `SMP judges nothing: it has no limits (${Object.keys(limits).join(', ')})`),
  ];
  if (probes !== undefined) notes.push(lost('probes', 'SMP has no probes'));
  if (endpoints.length > 1) {
    const message =
      'the clients of a test send at the same time; endpoints of a profile are measured one after the other';
    notes.push(lost('endpoints', message));
  }
  return notes;
}

function notesOfEndpoint(
  { name, protocol, method, body, headers, service }: ProfileEndpoint,
  at: string,
): Note[] {
  const notes: Note[] = [{ path: `${at}.name`, message: `SMP's clients have no names (${name})` }];
  if (protocol === LoadProtocol.http2) {
    notes.push({ path: `${at}.protocol`, message: 'SMP knows one HTTP; that it is HTTP/2 is not said' });
  }
  const usual = body === undefined || body === '' ? 'GET' : 'POST';
  if (isHttp(protocol) && (method ?? 'GET') !== usual) {
    const message = `SMP has no methods: ${method ?? 'GET'} is not said, and ${usual} is what is commonly sent`;
    notes.push({ path: `${at}.method`, message });
  }
  if (service !== undefined && service !== '') {
    notes.push({
      path: `${at}.service`,
      message: `SMP does not say which gRPC service is asked (${service})`,
    });
  }
  const repeated = Object.keys(headers ?? {}).map((header) => header.toLowerCase());
  if (new Set(repeated).size < repeated.length) {
    notes.push({ path: `${at}.headers`, message: 'a header is there twice, in different letter case' });
  }
  return notes;
}
