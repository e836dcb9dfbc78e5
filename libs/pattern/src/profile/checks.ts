import {
  Contrast,
  credentialHeaders,
  leastRequests,
  type LoadEndpoint,
  LoadProtocol,
  type MetricLimits,
  MetricName,
  type PerformanceProfileSpec,
  type ProfileLoad,
} from '@meshwright/model';
import type { z } from 'zod';
import { addressProblem } from './address.ts';

type Context = z.core.$RefinementCtx;

/** Refuses headers that would put a credential into Git. */
export function checkHeaders(headers: Readonly<Record<string, string>>, context: Context): void {
  for (const name of Object.keys(headers)) {
    if (!credentialHeaders.includes(name.toLowerCase())) continue;
    report(context, [name], {
      code: 'secret-in-git',
      message: 'holds a credential: everybody who reads the repository reads it too',
      suggestion: 'Remove it, and measure an address that asks for none, such as the Service itself.',
    });
  }
}

/** Which protocols a field of an endpoint belongs to. */
const fieldsOf = {
  method: [LoadProtocol.http1, LoadProtocol.http2],
  headers: [LoadProtocol.http1, LoadProtocol.http2, LoadProtocol.grpc],
  body: [LoadProtocol.http1, LoadProtocol.http2, LoadProtocol.tcp],
  service: [LoadProtocol.grpc],
} as const satisfies Partial<Record<keyof LoadEndpoint, readonly LoadProtocol[]>>;

/** Refuses an address of another protocol, and fields that this one does not have. */
export function checkEndpoint(endpoint: LoadEndpoint, context: Context): void {
  const { protocol, address } = endpoint;
  const problem = addressProblem(protocol, address);
  if (problem !== undefined) report(context, ['address'], { code: 'invalid-address', ...problem });
  for (const [field, protocols] of Object.entries(fieldsOf)) {
    const isGiven = endpoint[field as keyof typeof fieldsOf] !== undefined;
    if (!isGiven || protocols.some((known) => known === protocol)) continue;
    report(context, [field], {
      code: 'without-effect',
      message: `has no effect: it belongs to ${protocols.join(', ')}, and the protocol is ${protocol}`,
      suggestion: 'Remove it.',
    });
  }
}

/** Refuses probes that are neither named nor created, or both. */
export function checkProbes(probes: { create?: true; use?: object }, context: Context): void {
  if ((probes.create === undefined) !== (probes.use === undefined)) return;
  const found = probes.use === undefined ? 'none is there' : 'both are there';
  report(context, [], {
    code: 'choose-one',
    message: `must have exactly one of create and use; ${found}`,
    suggestion: 'Write create: true, or name the probes in use.',
  });
}

/** Refuses looks that do not rise. */
export function checkLooks(looks: readonly number[], context: Context): void {
  for (const [place, look] of looks.entries()) {
    const before = looks[place - 1];
    if (before === undefined || look > before) continue;
    report(context, [place], {
      code: 'not-rising',
      message: `must be more than the ${before} before it`,
      suggestion: 'Write the looks in rising order, each once.',
    });
  }
}

/** What can only be told of the whole: a control for D3, and enough requests for the percentiles with a limit. */
export function checkSpec(
  spec: Pick<PerformanceProfileSpec, 'contrast' | 'probes' | 'load' | 'limits'>,
  context: Context,
): void {
  const { contrast, probes, load, limits } = spec;
  const hasControl = probes?.create === true || probes?.use?.control !== undefined;
  if (contrast === Contrast.controlled && !hasControl) {
    report(context, ['contrast'], {
      code: 'control-missing',
      message: 'is D3, which takes away what a control saw, and there is no control',
      suggestion: 'Name one in probes.use.control, or write probes: { create: true }.',
    });
  }
  for (const [metric, problem] of tooFewRequests(load, limits)) {
    report(context, ['limits', metric], problem);
  }
}

/** A problem as it is told of a value. */
export interface ValueProblem {
  code: string;
  message: string;
  suggestion: string;
}

/** The metrics with a limit that a trial of this load sends too few requests for. */
export function tooFewRequests(
  { rate, seconds }: Pick<ProfileLoad, 'rate' | 'seconds'>,
  limits: MetricLimits,
): [MetricName, ValueProblem][] {
  const requests = rate * seconds;
  const found: [MetricName, ValueProblem][] = [];
  for (const metric of Object.values(MetricName)) {
    const least = leastRequests[metric] ?? 0;
    if (limits[metric] === undefined || requests >= least) continue;
    const message = `needs ${least} requests in a trial; ${rate} a second for ${seconds} s are ${requests}`;
    const longer = Math.ceil(least / rate);
    const faster = Math.ceil(least / seconds);
    const suggestion = `Raise load.duration to ${longer}s or load.rate to ${faster}, or remove the limit.`;
    found.push([metric, { code: 'too-few-requests', message, suggestion }]);
  }
  return found;
}

function report(context: Context, path: (string | number)[], { message, ...params }: ValueProblem): void {
  context.addIssue({ code: 'custom', path, message, params });
}
