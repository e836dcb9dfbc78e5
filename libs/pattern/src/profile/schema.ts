import { dnsLabel, duration, formatDuration, labels } from '@meshwright/document';
import {
  Arrivals,
  Contrast,
  LoadProtocol,
  patternApiVersion,
  type ProfileContrast,
  type ProfileProbes,
  usualLooks,
  usualProfile,
} from '@meshwright/model';
import { z } from 'zod';
import { refuseDuplicates } from '../refuse-duplicates.ts';
import { checkEndpoint, checkHeaders, checkLooks, checkProbes, checkSpec } from './checks.ts';
import { profileLimits } from './metric-limits.ts';

const usual = usualProfile.load;

const headerName = z
  .string()
  .max(100)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header');

const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII, as headers are');

const endpoint = z
  .strictObject({
    name: dnsLabel().describe('The name of the endpoint; unique in the profile.'),
    protocol: z
      .enum(Object.values(LoadProtocol))
      .describe('What is spoken. `grpc` asks the health service, `tcp` expects its bytes back.'),
    address: z
      .string()
      .min(1)
      .max(2_048)
      .describe('`http://…` or `https://…` for HTTP, `host:port` for gRPC and TCP.'),
    method: z
      .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      .exactOptional()
      .describe('Of HTTP; `GET` when not given.'),
    headers: z
      .record(headerName, headerValue)
      .superRefine(checkHeaders)
      .exactOptional()
      .describe('Of HTTP and gRPC. No credentials.'),
    body: z.string().max(65_536).exactOptional().describe('Of HTTP and TCP.'),
    service: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9_.-]*$/, 'must be the name of a gRPC service')
      .exactOptional()
      .describe('Of gRPC: the service whose health is asked for; the whole server when not given.'),
  })
  .superRefine(checkEndpoint);

function seconds(bounds: { min: string; max: string }): z.ZodType<number, string> {
  return duration(bounds).transform((milliseconds) => milliseconds / 1_000);
}

const load = z
  .strictObject({
    rate: z
      .int()
      .min(1)
      .max(1_000_000)
      .describe('Requests a second, over all connections; well under what the workload can bear.'),
    connections: z
      .int()
      .min(1)
      .max(10_000)
      .default(usual.connections)
      .describe('How many connections it is spread over.'),
    arrivals: z
      .enum(Object.values(Arrivals))
      .default(usual.arrivals)
      .describe('At equal distances, or with distances drawn as independent callers would have.'),
    warmUp: seconds({ min: '0s', max: '10m' })
      .prefault(formatDuration(usual.warmUpSeconds))
      .describe('Load that is sent first in each trial and not measured; at most `10m`.'),
    duration: seconds({ min: '1s', max: '1h' })
      .prefault(formatDuration(usual.seconds))
      .describe('How long each trial is measured; from `1s` to `1h`.'),
    timeout: seconds({ min: '1s', max: '5m' })
      .prefault(formatDuration(usual.timeoutSeconds))
      .describe('A request without an answer for so long is an error; from `1s` to `5m`.'),
  })
  .transform(({ warmUp, duration: measured, timeout, ...rest }) => {
    return { ...rest, warmUpSeconds: warmUp, seconds: measured, timeoutSeconds: timeout };
  });

const probe = z.strictObject({
  namespace: dnsLabel().describe('Its namespace.'),
  name: dnsLabel().describe('Its name.'),
});

const probes = z
  .strictObject({
    create: z
      .literal(true)
      .exactOptional()
      .describe('Probes are created for the measurement, in namespaces of their own.'),
    use: z
      .strictObject({
        client: probe.describe('The workload that load is sent from.'),
        server: probe.describe('The workload that answers.'),
        control: probe
          .exactOptional()
          .describe('A workload that the change does not touch; contrast `D3` needs it.'),
      })
      .exactOptional()
      .describe('Probes that are there already.'),
  })
  .superRefine(checkProbes)
  .transform(({ create = false, ...rest }): ProfileProbes => ({ create, ...rest }));

const blocks = z.strictObject({
  looks: z
    .array(z.int().min(5).max(100))
    .min(1)
    .max(10)
    .default([...usualLooks])
    .superRefine(checkLooks)
    .describe(
      'The numbers of valid blocks at which it is judged; it ends at the first that decides, or at the last.',
    ),
});

const contrasts = ['auto', ...Object.values(Contrast)] satisfies ProfileContrast[];

/** The format of performance profiles: what people write in, a `PerformanceProfile` with its defaults out. */
export const profileSchema = z.strictObject({
  apiVersion: z.literal(patternApiVersion).describe('The version of the format.'),
  kind: z.literal('PerformanceProfile').describe('Always `PerformanceProfile`.'),
  metadata: z
    .strictObject({
      name: dnsLabel().describe('The name of the profile.'),
      labels: labels()
        .optional()
        .describe('Labels for people and programs that look profiles up; they change nothing.'),
    })
    .describe('Which profile it is.'),
  spec: z
    .strictObject({
      generator: dnsLabel()
        .default(usualProfile.generator)
        .describe('The id of a load generator: `builtin`, or `fortio` where it is installed.'),
      endpoints: z
        .array(endpoint)
        .min(1)
        .max(50)
        .superRefine(refuseDuplicates(({ name }) => name, 'is an endpoint already', ['name']))
        .describe('What is measured, one after the other.'),
      load: load.describe('The load of one trial.'),
      contrast: z
        .enum(contrasts)
        .default(usualProfile.contrast)
        .describe('How both arms are put side by side; `auto` is the strongest that the change allows.'),
      probes: probes.optional().describe('The workloads that load is sent between: named, or created.'),
      blocks: blocks.prefault({}).describe('How many blocks are measured.'),
      limits: profileLimits.describe(
        'The metrics that are judged, and from where on each is worse; `{}` is as usual.',
      ),
    })
    .superRefine(checkSpec)
    .transform(({ blocks: { looks }, ...rest }) => ({ ...rest, looks }))
    .describe('How it is measured and judged.'),
});
