import { LoadProtocol, type LoadRequest, type LoadResult, MeshwrightError } from '@meshwright/model';
import type { LoadContext, LoadPlugin, ProgramResult } from './load.ts';

/** Threads that together waited for a processor for more of the time than this measured the machine; each wake-up waits a little. */
const mostWaiting = 0.1;
const leastShareOfRate = 0.99;

/** What stands in a message and what to do about it. */
interface Refusal {
  why: string;
  remedy: string;
}

const httpAddress = /^https?:\/\/\S+$/;
/** Nothing that a program could take for an option. */
const hostAddress = /^(https?:\/\/)?[^-\s]\S*$/;
const addressForms: Record<LoadProtocol, RegExp> = {
  [LoadProtocol.http1]: httpAddress,
  [LoadProtocol.http2]: httpAddress,
  [LoadProtocol.grpc]: hostAddress,
  [LoadProtocol.tcp]: hostAddress,
};
/** RFC 9110, 5.1 and 5.5: a token, and a value on one line. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[^\r\n\0]*$/;

/**
 * Refuses what a generator cannot do, before anything runs.
 * @throws MeshwrightError INVALID_INPUT that says what to ask for instead.
 */
export function refuseUnable(
  { title, capabilities }: Pick<LoadPlugin, 'title' | 'capabilities'>,
  request: LoadRequest,
): void {
  const refusal = malformed(request) ?? beyond(capabilities, request);
  if (refusal === undefined) return;
  throw new MeshwrightError('INVALID_INPUT', `${title} cannot run this trial: ${refusal.why}.`, {
    remedy: refusal.remedy,
  });
}

function malformed({ endpoint }: LoadRequest): Refusal | undefined {
  const { protocol, address, headers = {} } = endpoint;
  if (!addressForms[protocol].test(address)) {
    return {
      why: `"${address}" is no address for ${protocol}`,
      remedy: 'Give `http://…` or `https://…`, and for TCP and gRPC `host:port`.',
    };
  }
  const wrong = Object.entries(headers).find(
    ([name, value]) => !headerName.test(name) || !headerValue.test(value),
  );
  if (wrong === undefined) return undefined;
  return {
    why: `the header ${JSON.stringify(wrong[0])} is none that HTTP allows`,
    remedy: 'Write its name without spaces and colons, and its value on one line.',
  };
}

function beyond(
  {
    protocols,
    arrivals,
    wholeNumbers,
    leastWarmUpSeconds = 0,
    trustsAnyCertificate,
  }: LoadPlugin['capabilities'],
  request: LoadRequest,
): Refusal | undefined {
  const { endpoint, rate, seconds, warmUpSeconds } = request;
  if (!protocols.includes(endpoint.protocol)) {
    return { why: `it does not speak ${endpoint.protocol}`, remedy: orAnother(protocols.join(' or ')) };
  }
  if (!arrivals.includes(request.arrivals)) {
    return {
      why: `it does not send with ${request.arrivals} arrivals`,
      remedy: orAnother(`${arrivals.join(' or ')} arrivals`),
    };
  }
  if (trustsAnyCertificate === true && endpoint.address.startsWith('https:')) {
    return { why: 'it does not verify certificates', remedy: orAnother('an address with http://') };
  }
  const fraction = [rate, seconds].find((value) => !Number.isInteger(value));
  if (wholeNumbers === true && fraction !== undefined) {
    return {
      why: `it takes whole numbers of requests a second and of seconds, and ${fraction} is none`,
      remedy: orAnother('whole numbers'),
    };
  }
  if (warmUpSeconds >= leastWarmUpSeconds) return undefined;
  return {
    why: `it calibrates itself and keeps nothing of the first ${leastWarmUpSeconds} s, and a warm-up of ${warmUpSeconds} s is shorter`,
    remedy: orAnother(`a warm-up of at least ${leastWarmUpSeconds} s`),
  };
}

function orAnother(what: string): string {
  return `Ask for ${what}, or for another generator.`;
}

/** Why a generator cannot run without its program, which is got from an address; undefined where the program is here. */
export async function missingProgram(
  program: string,
  address: string,
  { programs }: LoadContext,
): Promise<string | undefined> {
  if ((await programs.find(program)) !== undefined) return undefined;
  return `There is no ${program} here. Install it (${address}), or use the generator \`builtin\`.`;
}

/** @throws MeshwrightError LOAD_UNAVAILABLE when the generator cannot run here. */
export async function requireAvailable(plugin: LoadPlugin, context: LoadContext): Promise<void> {
  const missing = await plugin.unavailable(context);
  if (missing !== undefined) throw new MeshwrightError('LOAD_UNAVAILABLE', missing);
}

/** @throws MeshwrightError LOAD_UNREACHED when not one request found a server. */
export function requireReached({ requests, errors }: LoadResult, address: string): void {
  const { connection = 0 } = errors;
  if (connection === 0 || connection < requests) return;
  throw new MeshwrightError('LOAD_UNREACHED', `No connection to ${address} could be made.`, {
    where: address,
    remedy: 'See whether the address is right and something listens there.',
  });
}

/** Why a trial whose generator had no processor is not valid; empty where it had one. */
export function starvation({ waitedSeconds = 0 }: ProgramResult, seconds: number): string[] {
  const share = waitedSeconds / seconds;
  if (share <= mostWaiting) return [];
  return [`The generator's threads waited for a processor for ${(share * 100).toFixed(0)} % of the time.`];
}

/** Why a trial that sent too little is not valid; empty where it sent enough. Requests a second. */
export function shortfall(requested: number, achieved: number): string[] {
  if (achieved >= leastShareOfRate * requested) return [];
  return [`Only ${((achieved / requested) * 100).toFixed(1)} % of the requested rate was sent.`];
}
