import type { BaselineInput, Contrast, LatencyClock, LoadEndpoint, LoadPath } from '@meshwright/model';
import { moment, nothing, percent, plural } from './figures.ts';
import { armNames, arms, confidenceOf, type MeasuredBaseline, trialsOf } from './measured.ts';
import { asIs, clipped, listed, publicAddress, type Quote } from './plain.ts';

/** What was measured and how: names of facts and the facts. `quote` gets each foreign text in them. */
export function setupOf(
  baseline: MeasuredBaseline,
  quote: Quote = asIs,
): (readonly [fact: string, said: string])[] {
  const { input, status } = baseline;
  const { load, looks, seed } = input;
  return [
    ...arms.map((arm) => [armNames[arm], endpointText(input.paths[arm].endpoint, quote)] as const),
    ['contrast', contrasts[input.contrast]],
    ['load', loadText(load)],
    ['generator', generatorText(baseline, quote)],
    ['clock', clockText(baseline)],
    ['sent by', senderText(input, quote)],
    [
      'blocks',
      `${plural(status.blocks.length, 'block')} of two trials each, the order of the arms drawn; judged at ` +
        `${listed(looks.map(String), 8)} valid ones`,
    ],
    [
      'interval',
      `of ${percent(confidenceOf(input))}, exact by signed ranks over the blocks${sharedText(looks.length)}`,
    ],
    ['time', timeText(baseline)],
    ['seed', String(seed)],
  ];
}

function senderText({ agent, paths, control }: BaselineInput, quote: Quote): string {
  const senders = [...new Set(arms.map((arm) => pathText(paths[arm], agent, quote)))];
  const beside = control === undefined ? [] : [`the control by ${pathText(control, agent, quote)}`];
  return [...senders, ...beside].join('; ');
}

function pathText({ probe }: LoadPath, agent: string, quote: Quote): string {
  if (probe === undefined) return `the load agent ${quote(clipped(agent, 80))}`;
  const [cluster, namespace, pods] = [probe.cluster, probe.namespace, probe.labelSelector].map((text) =>
    quote(clipped(text, 80)),
  );
  return `a pod ${pods ?? ''} of the namespace ${namespace ?? ''} in the cluster ${cluster ?? ''}, as the workload's own traffic goes`;
}

/** What each contrast is, and how far its verdict can be trusted. */
const contrasts: Readonly<Record<Contrast, string>> = {
  D1: 'D1, both live at once: each block measured both, so what disturbed the machine disturbed both. The strongest there is.',
  D2: 'D2, switched back and forth: each block measured both, after the switch had arrived. Strong, as long as nothing else changed with it.',
  D3: 'D3, before and after, less what a probe saw that the change does not touch. Good, as far as the probe feels what the workload feels.',
  advisory:
    'advisory, before and after alone: a drift of the machine looks like the change. In simulations of shared machines one comparison of no change in four looked like a regression.',
};

const clocks: Readonly<Record<LatencyClock, string>> = {
  intended:
    'latency counts from when a request should have been sent: a stall shows in every request that waited for it',
  sent: 'latency counts from when a request was sent: what waited behind a stall is not seen (coordinated omission)',
};

function endpointText(
  { address, protocol, method, headers = {}, body, service }: LoadEndpoint,
  quote: Quote,
): string {
  const names = Object.keys(headers).map((name) => quote(clipped(name, 40)));
  return [
    quote(`${method === undefined ? '' : `${clipped(method, 20)} `}${publicAddress(address)}`),
    protocol,
    ...(service === undefined ? [] : [`service ${quote(clipped(service, 80))}`]),
    ...(names.length === 0 ? [] : [`headers ${listed(names, 8)} (values are not shown)`]),
    ...(body === undefined ? [] : [`a body of ${plural(body.length, 'character')}`]),
  ].join(', ');
}

function loadText(load: BaselineInput['load']): string {
  const { rate, connections, warmUpSeconds, seconds, arrivals, timeoutSeconds } = load;
  const spread =
    arrivals === 'uniform'
      ? 'at equal distances'
      : 'at random distances, as of independent callers (Poisson)';
  return (
    `${rate} requests a second over ${plural(connections, 'connection')}, ${spread}; ${seconds} s measured after ` +
    `${warmUpSeconds} s of warm-up; no answer within ${timeoutSeconds} s is an error`
  );
}

function generatorText(baseline: MeasuredBaseline, quote: Quote): string {
  const used = arms
    .flatMap((arm) => trialsOf(baseline, arm))
    .map(({ generator }) => quote(`${clipped(generator.id, 40)} ${clipped(generator.version, 40)}`));
  const different = [...new Set(used)];
  return different.length === 0 ? quote(clipped(baseline.input.generator, 40)) : listed(different);
}

function clockText(baseline: MeasuredBaseline): string {
  const told = arms.flatMap((arm) => trialsOf(baseline, arm)).flatMap(({ clock }) => clock ?? []);
  const different = [...new Set(told)].map((clock) => clocks[clock]);
  return different.length === 0
    ? 'the trials do not say where their latency starts'
    : different.join('; and of others ');
}

function sharedText(looks: number): string {
  return looks > 1
    ? `; the ${looks} looks share the chance of a false alarm, so it is wider than the 90 % of one look`
    : '';
}

function timeText(baseline: MeasuredBaseline): string {
  const starts = arms
    .flatMap((arm) => trialsOf(baseline, arm))
    .map(({ startedAt }) => startedAt)
    .filter((start) => moment(start) !== nothing);
  if (starts.length === 0) return nothing;
  return `trials from ${moment(Math.min(...starts))} to ${moment(Math.max(...starts))}`;
}
