import {
  Arrivals,
  type BaselineInput,
  type BaselineStatus,
  Contrast,
  LatencyClock,
  LoadProtocol,
  MeshwrightError,
  Verdict,
} from '@meshwright/model';
import { z } from 'zod';

/** Of these there are never more: the engine measures 20 blocks at most. */
const most = {
  blocks: 200,
  metrics: 50,
  reasons: 20,
  kindsOfErrors: 1_000,
  text: 10_000,
  histogram: 200_000,
};

const text = z.string().max(most.text);
const count = z.number().nonnegative();
const contrast = z.enum(Contrast);
const arm = z.enum(['a', 'b']);
const metrics = z
  .array(
    z.object({
      name: text.min(1),
      unit: text.exactOptional(),
      limit: z.object({ relative: count.exactOptional(), absolute: count.exactOptional() }).exactOptional(),
    }),
  )
  .max(most.metrics);
const endpoint = z.object({
  protocol: z.enum(LoadProtocol),
  address: text,
  method: text.exactOptional(),
  headers: z.record(text, text).exactOptional(),
  body: z.string().exactOptional(),
  service: text.exactOptional(),
});
const path = z.object({
  probe: z.object({ cluster: text, namespace: text, labelSelector: text, port: count }).exactOptional(),
  endpoint,
  cost: z
    .object({
      mesh: text.exactOptional(),
      revision: text.exactOptional(),
      namespaces: z.array(text).exactOptional(),
    })
    .exactOptional(),
});
const input = z.object({
  name: text,
  agent: text,
  generator: text,
  contrast,
  paths: z.object({ a: path, b: path }),
  control: path.exactOptional(),
  load: z.object({
    rate: z.number().positive(),
    connections: count,
    warmUpSeconds: count,
    seconds: count,
    arrivals: z.enum(Arrivals),
    timeoutSeconds: count,
  }),
  metrics,
  errorMargin: count.exactOptional(),
  looks: z.array(count).max(100),
  seed: z.number(),
});
const usage = z.object({ parts: count, millicores: count, memory: count });
const trial = z.object({
  generator: z.object({ id: text, version: text }),
  clock: z.enum(LatencyClock).exactOptional(),
  startedAt: z.number(),
  invalid: z.array(text).max(most.reasons),
  requests: count,
  achievedRate: count,
  errors: z.record(text, count).refine((errors) => Object.keys(errors).length <= most.kindsOfErrors),
  measured: z.record(text, z.number()),
  latency: z.string().max(most.histogram),
  cost: z
    .object({
      proxies: usage.exactOptional(),
      controlPlane: usage.exactOptional(),
      nodes: usage.exactOptional(),
    })
    .exactOptional(),
  noCost: text.exactOptional(),
});
const order = z.tuple([arm, arm]).refine(([first, second]) => first !== second, 'names each arm once');
const block = z.object({
  order,
  a: trial,
  b: trial,
  controlA: trial.exactOptional(),
  controlB: trial.exactOptional(),
});
const judged = z.object({
  name: text,
  verdict: z.enum(Verdict),
  reason: text,
  blocks: count,
  ratio: z.number().exactOptional(),
  interval: z.tuple([z.number(), z.number()]).exactOptional(),
  effect: z.number().exactOptional(),
  sd: z.number().exactOptional(),
  detectable: z.number().exactOptional(),
  pValue: z.number().exactOptional(),
  permutationPValue: z.number().exactOptional(),
});
const status = z.object({
  name: text,
  contrast,
  metrics,
  waitingFor: text.exactOptional(),
  blocks: z.array(block).max(most.blocks),
  judgement: z
    .object({
      id: text,
      verdict: z.enum(Verdict),
      reason: z.string(),
      metrics: z.array(judged).max(most.metrics),
    })
    .exactOptional(),
});
const measured = z.object({ input, status });

/**
 * Reads what `meshwright measure --json` prints. Fields that are not known are left out: a newer version may write more.
 * @throws MeshwrightError INVALID_INPUT when it is something else; the message says where.
 */
export function readBaseline(json: string): { input: BaselineInput; status: BaselineStatus } {
  const result = measured.safeParse(jsonOf(json));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  throw notMeasured(`${place === '' ? '' : `${place}: `}${issue?.message ?? 'not valid'}.`);
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw notMeasured(`It is not JSON: ${(error as SyntaxError).message}`);
  }
}

function notMeasured(problem: string): MeshwrightError {
  return new MeshwrightError('INVALID_INPUT', problem, {
    remedy: 'The input is what `meshwright measure --json` prints.',
  });
}
