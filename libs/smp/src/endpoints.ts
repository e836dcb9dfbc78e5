import { credentialHeaders, LoadProtocol, type ProfileEndpoint } from '@meshwright/model';
import { cookieHeader, parseCookies } from './cookies.ts';
import type { Note } from './note.ts';
import type { SmpClient } from './test-config.ts';

/** Whether a protocol has methods. */
export function isHttp(protocol: LoadProtocol): boolean {
  return protocol === LoadProtocol.http1 || protocol === LoadProtocol.http2;
}

type Endpoint = Omit<ProfileEndpoint, 'name'>;

/** The endpoints of a client, one for each address; what they do not say, and addresses that are left out, as notes. */
export function endpointsOf(client: SmpClient, at: string): { endpoints: Endpoint[]; notes: Note[] } {
  const notes: Note[] = [];
  const endpoints: Endpoint[] = [];
  if (client.endpointUrls.length === 0) {
    notes.push({ path: `${at}.endpointUrls`, message: 'there is none: the client is left out' });
  }
  for (const [place, url] of client.endpointUrls.entries()) {
    const protocol = protocolOf(client, url);
    if (typeof protocol === 'object') {
      notes.push({ path: `${at}.endpointUrls[${place}]`, message: `${protocol.problem}: it is left out` });
      continue;
    }
    if (client.protocol === 'PROTOCOL_INVALID') {
      notes.push({ path: `${at}.protocol`, message: `none is named; by its address it is ${protocol}` });
    }
    const part = contentOf(client, protocol, at);
    endpoints.push({ protocol, address: addressOf(protocol, url), ...part.content });
    notes.push(...part.notes);
  }
  return { endpoints, notes: distinct(notes) };
}

/** What is said of a client is said once, not for each of its addresses. */
function distinct(notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

function protocolOf({ protocol }: SmpClient, url: string): LoadProtocol | { problem: string } {
  switch (protocol) {
    case 'PROTOCOL_HTTP':
      return LoadProtocol.http1;
    case 'PROTOCOL_GRPC':
      return LoadProtocol.grpc;
    case 'PROTOCOL_TCP':
      return LoadProtocol.tcp;
    case 'PROTOCOL_UDP':
      return { problem: 'no load generator speaks UDP' };
    case 'PROTOCOL_INVALID': {
      if (/^https?:\/\//i.test(url)) return LoadProtocol.http1;
      if (/^grpc:\/\//i.test(url)) return LoadProtocol.grpc;
      return /^tcp:\/\//i.test(url)
        ? LoadProtocol.tcp
        : { problem: 'neither it nor the client names a protocol' };
    }
  }
}

/** Addresses of gRPC and TCP have no scheme in a profile. */
function addressOf(protocol: LoadProtocol, url: string): string {
  return isHttp(protocol) ? url : url.replace(/^(?:tcp|grpc|https?):\/\/([^/]*)\/?$/i, '$1');
}

/** What each request of a client carries, as the protocol allows it. */
function contentOf(
  client: SmpClient,
  protocol: LoadProtocol,
  at: string,
): { content: Pick<Endpoint, 'method' | 'headers' | 'body'>; notes: Note[] } {
  const { headers, notes } = headersOf(client, at);
  const hasHeaders = Object.keys(headers).length > 0;
  const { body } = client;
  if (hasHeaders && protocol === LoadProtocol.tcp) {
    notes.push({ path: `${at}.headers`, message: 'TCP has no headers: they are left out' });
  }
  if (body !== '' && protocol === LoadProtocol.grpc) {
    const message = 'it is left out: gRPC is measured by what the health service answers';
    notes.push({ path: `${at}.body`, message });
  }
  const content = {
    ...(body !== '' && isHttp(protocol) ? { method: 'POST' } : {}),
    ...(hasHeaders && protocol !== LoadProtocol.tcp ? { headers } : {}),
    ...(body !== '' && protocol !== LoadProtocol.grpc ? { body } : {}),
  };
  return { content, notes };
}

function headersOf(
  { headers: given, cookies, contentType }: SmpClient,
  at: string,
): { headers: Record<string, string>; notes: Note[] } {
  const notes: Note[] = [];
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = name.toLowerCase();
    if (credentialHeaders.includes(known)) {
      const message = `${name} is left out: profiles lie in Git, and hold no credentials`;
      notes.push({ path: `${at}.headers`, message });
      continue;
    }
    if (known === 'cookie' || known === 'content-type') {
      notes.push({ path: `${at}.headers`, message: `${name} has a field of its own in SMP` });
    }
    headers[name] = value;
  }
  const taken = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const add = (field: string, name: string, value: string): void => {
    if (value === '') return;
    if (!taken.has(name)) headers[name] = value;
    else notes.push({ path: `${at}.${field}`, message: `it is left out: there is a header ${name} already` });
  };
  add('contentType', 'content-type', contentType);
  const cookie = cookieHeader(cookies);
  add('cookies', 'cookie', cookie);
  if (cookie !== '' && parseCookies(cookie) === undefined) {
    notes.push({ path: `${at}.cookies`, message: 'a name or value has characters that cookies do not have' });
  }
  return { headers, notes };
}
