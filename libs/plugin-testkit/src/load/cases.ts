import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Arrivals,
  type ErrorCode,
  isMeshwrightError,
  LatencyClock,
  LoadProtocol,
  type LoadRequest,
  type LoadResult,
} from '@meshwright/model';
import type { LoadCapabilities, LoadContext, LoadPlugin } from '@meshwright/plugin-sdk';
import { failedOf, quantileOfHistogram } from '@meshwright/statistics';
import type { SuiteCase } from '../service/suite.ts';
import type { Behaviour } from './behaviour.ts';
import { type LoadServer, startLoadServer } from './server.ts';

/** One thing that a load generator must do right. */
export interface LoadCase extends SuiteCase<LoadCapabilities, LoadSubject> {
  /** It needs trials that are valid, which nobody can promise on a machine that others use as well. */
  quiet?: true;
}

/** A generator and what it is given. */
export interface LoadSubject {
  plugin: LoadPlugin;
  context: LoadContext;
}

type Asked = Partial<Omit<LoadRequest, 'endpoint'>>;

const usual: Omit<LoadRequest, 'endpoint'> = {
  rate: 200,
  connections: 8,
  warmUpSeconds: 0.5,
  seconds: 2,
  arrivals: Arrivals.uniform,
  timeoutSeconds: 2,
  seed: 1,
};
/** A machine that others use may disturb a trial; the generator has to say so, and it is repeated then. */
const attempts = 4;

/** Some generators know the class of a status only. */
const serverError = /503|5xx|400 or more/;

const byProtocol = Object.values(LoadProtocol).map((protocol): LoadCase => ({
  id: `protocol-${protocol}`,
  quiet: true,
  title: `speaks ${protocol}, at the rate that is asked for, and measures how long the server takes`,
  notFor: ({ protocols }) => (protocols.includes(protocol) ? undefined : `it does not speak ${protocol}`),
  run: (subject) =>
    withServer({ protocol, delayMilliseconds: 20 }, async (server) => {
      const result = await validTrial(subject, server, protocol);
      assert.deepEqual(result.errors, {}, 'a server without errors has errors');
      within('seconds', result.seconds, [1.9, 60]);
      const due = result.requestedRate * result.seconds;
      within('requests', result.requests, [0.98 * due, 1.02 * due]);
      within('rate', result.achievedRate, [198, 202]);
      // Timers of servers and clients are exact to a millisecond or two.
      within('p50 in ms', percentile(result, 0.5), [19.5, 26]);
      within('p99 in ms', percentile(result, 0.99), [19.5, 45]);
    }),
}));

/** The conformance suite of load generators. */
export const loadCases: readonly LoadCase[] = [
  ...byProtocol,
  {
    id: 'poisson',
    quiet: true,
    title: 'draws the distances of independent callers, the same for the same seed',
    notFor: ({ arrivals }) =>
      arrivals.includes(Arrivals.poisson) ? undefined : 'it sends at equal distances only',
    run: (subject) =>
      withServer({ protocol: LoadProtocol.http1 }, async (server) => {
        const asked = { arrivals: Arrivals.poisson, seconds: 2, seed: 7 };
        const first = await validTrial(subject, server, LoadProtocol.http1, asked);
        const second = await validTrial(subject, server, LoadProtocol.http1, asked);
        assert.equal(second.requests, first.requests, 'the same seed sends another number of requests');
        // Four standard deviations around 400.
        within('requests', first.requests, [320, 480]);
      }),
  },
  {
    id: 'coordinated-omission',
    title: 'shows a stall of the server in its p99, or says that its clock starts at the send',
    run: (subject) =>
      withServer(
        {
          protocol: LoadProtocol.http1,
          delayMilliseconds: 1,
          stall: { afterMilliseconds: 1_000 * warmUpOf(subject) + 1_000, milliseconds: 200 },
        },
        async (server) => {
          const result = await trial(subject, server, LoadProtocol.http1, { connections: 4 });
          assert.equal(result.clock, subject.plugin.capabilities.clock, 'the result names another clock');
          // 40 of 400 requests were due in the stall; the four slowest waited 180 ms and more.
          const least = result.clock === LatencyClock.intended ? 150 : 0;
          within('p99 in ms', percentile(result, 0.99), [least, 400]);
        },
      ),
  },
  {
    id: 'errors',
    quiet: true,
    title: 'counts bad answers as errors, by what they were',
    run: (subject) =>
      withServer({ protocol: LoadProtocol.http1, failEvery: 10 }, async (server) => {
        const result = await validTrial(subject, server, LoadProtocol.http1);
        const errors = failedOf(result);
        within('errors', errors, [0.08 * result.requests, 0.12 * result.requests]);
        assert.ok(
          Object.keys(result.errors).some((name) => serverError.test(name)),
          `503 is not named: ${Object.keys(result.errors).join(', ')}`,
        );
      }),
  },
  {
    id: 'timeouts',
    title: 'ends in time against a server that never answers, and counts the requests as errors',
    run: (subject) =>
      withServer({ protocol: LoadProtocol.http1, hangs: true }, async (server) => {
        const asked = { warmUpSeconds: 0, seconds: 2, timeoutSeconds: 1, rate: 20 };
        const result = await outcome(trial(subject, server, LoadProtocol.http1, asked));
        if (result instanceof Error) {
          // Some cannot tell a server that never answers from none.
          refusedWith(result, 'LOAD_FAILED', 'LOAD_UNREACHED');
          return;
        }
        const errors = failedOf(result);
        within('errors', errors, [result.requests, result.requests]);
      }),
  },
  {
    id: 'unreachable',
    title: 'fails where nothing listens',
    run: async (subject: LoadSubject): Promise<void> => {
      const server = await startLoadServer({ protocol: LoadProtocol.http1 });
      await server.stop();
      const result = await outcome(trial(subject, server, LoadProtocol.http1, { seconds: 1 }));
      assert.ok(result instanceof Error, 'a trial against nothing gave a result');
      refusedWith(result, 'LOAD_UNREACHED');
    },
  },
  {
    id: 'cancel',
    title: 'stops sending when it is cancelled',
    run: (subject) =>
      withServer({ protocol: LoadProtocol.http1 }, async (server) => {
        const cancelling = new AbortController();
        const context = { ...subject.context, signal: cancelling.signal };
        const running = outcome(trial({ ...subject, context }, server, LoadProtocol.http1, { seconds: 120 }));
        const early = await Promise.race([running, untilRequests(server, 100)]);
        assert.equal(early, undefined, 'it ended before it was cancelled');
        const cancelledAt = performance.now();
        cancelling.abort();
        const result = await running;
        assert.ok(result instanceof Error, 'a cancelled trial gave a result');
        within('seconds until it ended', (performance.now() - cancelledAt) / 1_000, [0, 5]);
        const sent = await server.requests();
        await delay(1_000);
        assert.equal(await server.requests(), sent, 'it went on sending');
      }),
  },
  {
    id: 'too-much',
    title: 'says that a trial is not valid when more is asked than it can send',
    run: (subject) =>
      withServer({ protocol: LoadProtocol.http1, delayMilliseconds: 50 }, async (server) => {
        // Four connections with 50 ms an answer carry 80 requests a second.
        const asked = { rate: 400, connections: 4, seconds: 2 };
        const result = await trial(subject, server, LoadProtocol.http1, asked);
        assert.ok(result.invalid.length > 0, 'a fifth of the rate passes for all of it');
      }),
  },
];

async function withServer(behaviour: Behaviour, work: (server: LoadServer) => Promise<void>): Promise<void> {
  const server = await startLoadServer(behaviour);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

function trial(
  { plugin, context }: LoadSubject,
  { address }: LoadServer,
  protocol: LoadProtocol,
  asked: Asked = {},
): Promise<LoadResult> {
  const warmUpSeconds = warmUpOf({ plugin }, asked);
  return plugin.run({ ...usual, ...asked, warmUpSeconds, endpoint: { protocol, address } }, context);
}

/** As long as asked, or as the generator needs. */
function warmUpOf({ plugin }: Pick<LoadSubject, 'plugin'>, asked: Asked = {}): number {
  return Math.max(asked.warmUpSeconds ?? usual.warmUpSeconds, plugin.capabilities.leastWarmUpSeconds ?? 0);
}

async function untilRequests(server: LoadServer, least: number): Promise<void> {
  while ((await server.requests()) < least) await delay(50);
}

async function validTrial(
  subject: LoadSubject,
  server: LoadServer,
  protocol: LoadProtocol,
  asked: Asked = {},
): Promise<LoadResult> {
  let result = await trial(subject, server, protocol, asked);
  for (let attempt = 1; attempt < attempts && result.invalid.length > 0; attempt += 1) {
    result = await trial(subject, server, protocol, asked);
  }
  assert.deepEqual(result.invalid, [], `no trial of ${attempts} was valid`);
  return result;
}

async function outcome(running: Promise<LoadResult>): Promise<LoadResult | Error> {
  return running.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

function refusedWith(error: Error, ...codes: ErrorCode[]): void {
  if (isMeshwrightError(error) && codes.includes(error.code)) return;
  assert.fail(
    `it failed with ${isMeshwrightError(error) ? error.code : error.message}, not ${codes.join(' or ')}`,
  );
}

function percentile({ latency }: LoadResult, share: number): number {
  return quantileOfHistogram(latency, share) / 1_000;
}

function within(what: string, value: number, [low, high]: readonly [number, number]): void {
  assert.ok(value >= low && value <= high, `${what}: ${value}, expected ${low} to ${high}`);
}
