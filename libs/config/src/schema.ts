import { dnsLabel, duration } from '@meshwright/document';
import { z } from 'zod';
import { checkWebUrl, isLoopback } from './addresses.ts';
import { meshCharts } from './charts-schema.ts';
import {
  checkedText,
  hostPort,
  pathIn,
  programIn,
  refuseSame,
  requireOne,
  secretReference,
} from './fields.ts';
import { repositorySchema } from './repository-schema.ts';
import { chatsSchema, forgesSchema, gatewaySchema } from './services-schema.ts';
import { refuseUnknownServices } from './unknown-services.ts';
import { refuseUnknownTargets } from './unknown-targets.ts';
import type {
  Config,
  EncryptionConfig,
  MeshConfig,
  MetricsConfig,
  ResultsConfig,
  TargetConfig,
  TemporalConfig,
  TlsFiles,
} from './types.ts';

/** The names of log levels, from much to nothing. */
export const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent']);

/** `namespace` of Temporal. */
export const temporalNamespace = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be the name of a Temporal namespace');

/** `host:port` of Temporal's frontend, as text. */
export const temporalAddress = hostPort(1).transform(
  ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
);

/** What a configuration says; where results are kept need not be said, and metrics need not be served. */
export type WrittenConfig = Omit<Config, 'path' | 'results' | 'metrics'> & {
  results?: ResultsConfig | undefined;
  metrics?: MetricsConfig | undefined;
};

/** The format of `meshwright.yaml`: what people write in, typed out, with relative paths below the given folder. */
export function configSchema(directory: string): z.ZodType<WrittenConfig> {
  return z
    .strictObject({
      temporal: temporal(directory).prefault({}).describe('The Temporal server that runs the workflows.'),
      repositories: z
        .array(repositorySchema(directory))
        .max(1_000)
        .superRefine(refuseSame(({ name }) => name, 'is the name of another repository', 'name'))
        .superRefine(
          refuseSame(
            ({ url, branch = '', directory: folder }) => [url, branch, folder].join('\0'),
            'is watched already, on the same branch and in the same folder',
            'url',
          ),
        )
        .prefault([])
        .describe('The Git repositories whose patterns are carried out.'),
      forges: forgesSchema(directory)
        .prefault([])
        .describe(
          'Where repositories have their pull requests: they are told of plans, and decisions are taken there.',
        ),
      chats: chatsSchema(directory)
        .prefault([])
        .describe('Where people are told of rollouts and decide on them.'),
      targets: z
        .array(target(directory))
        .max(1_000)
        .superRefine(refuseSame(({ name }) => name, 'is the name of another target', 'name'))
        .prefault([])
        .describe('The clusters that patterns can name.'),
      meshes: z.record(dnsLabel(), mesh(directory)).default({}).describe('Settings by mesh plugin id.'),
      probes: z
        .strictObject({
          image: z
            .string()
            .min(1)
            .max(500)
            .regex(/^[^\s]+$/, 'must be the name of an image')
            .default('fortio/fortio:1.68.0')
            .describe(
              'The image of the pods that measurements create: Fortio, from wherever the clusters pull images.',
            ),
        })
        .prefault({})
        .describe('The pods that a measurement creates on a cluster where its profile says so.'),
      charts: z
        .strictObject({
          helm: programIn(directory)
            .prefault('helm')
            .describe('The Helm program: a name on the PATH, or a path.'),
          cache: pathIn(directory).prefault('.meshwright/charts').describe('The folder of pulled charts.'),
        })
        .prefault({})
        .describe('How charts are rendered.'),
      evidence: z
        .strictObject({
          directory: pathIn(directory)
            .prefault('.meshwright/evidence')
            .describe('The folder of plans, snapshots and rendered manifests.'),
        })
        .prefault({})
        .describe('Where evidence is kept.'),
      results: results(directory)
        .optional()
        .describe(
          'Where baselines are kept; in `results.db` beside the folder of the evidence when not given.',
        ),
      gateway: gatewaySchema(directory)
        .prefault({})
        .describe('Where the engine is reached: by webhooks, by people in chats, by programs.'),
      metrics: metrics().optional().describe('Metrics for Prometheus; none are served when not given.'),
      log: z
        .strictObject({ level: logLevel.default('info').describe('How much is logged.') })
        .prefault({})
        .describe('Logs of the engine.'),
    })
    .superRefine(refuseUnknownTargets)
    .superRefine(refuseUnknownServices);
}

function tlsFiles(directory: string): z.ZodType<TlsFiles> {
  const path = pathIn(directory).optional();
  return z
    .strictObject({
      ca: path.describe('Authorities that are believed (PEM); those of the system when not given.'),
      certificate: path.describe("The client's certificate (PEM)."),
      key: path.describe("The client's private key (PEM)."),
    })
    .superRefine(({ certificate, key }, context) => {
      if ((certificate === undefined) === (key === undefined)) return;
      context.addIssue({ code: 'custom', message: 'must have certificate and key, or neither' });
    })
    .transform(withoutUndefined);
}

function results(directory: string): z.ZodType<ResultsConfig> {
  const postgres = z
    .strictObject({
      url: secretReference(directory).describe('`postgres://user:password@host:port/database`.'),
      tls: tlsFiles(directory)
        .optional()
        .describe('Files for TLS, which connections that leave this machine use without it, too.'),
    })
    .transform(withoutUndefined);
  return z
    .strictObject({
      sqlite: pathIn(directory).optional().describe('A database file, which is made if it is not there.'),
      postgres: postgres.optional().describe('A PostgreSQL database, for several machines.'),
    })
    .superRefine(requireOne(['sqlite', 'postgres']))
    .transform((given): ResultsConfig =>
      given.postgres === undefined ? { sqlite: given.sqlite ?? '' } : { postgres: given.postgres },
    );
}

function temporal(directory: string): z.ZodType<TemporalConfig, object> {
  return z
    .strictObject({
      address: temporalAddress.prefault('127.0.0.1:7233').describe('`host:port` of the frontend.'),
      namespace: temporalNamespace.default('default').describe('The namespace.'),
      ui: checkedText((text) => checkWebUrl(text, { plain: true }))
        .optional()
        .describe("The Temporal UI's address, for links."),
      tls: tlsFiles(directory)
        .optional()
        .describe('TLS to Temporal; `{}` for TLS with the authorities of the system.'),
      apiKey: secretReference(directory).optional().describe('An API key, as Temporal Cloud has them.'),
      encryption: encryption(directory)
        .optional()
        .describe('Encrypts what workflows carry before it reaches Temporal (AES-256-GCM).'),
    })
    .superRefine(({ address, tls: given, apiKey }, context) => {
      if (apiKey === undefined || given !== undefined || isLoopback(address.replace(/:\d+$/, ''))) return;
      context.addIssue({
        code: 'custom',
        path: ['apiKey'],
        message: 'would travel in plain text',
        params: { code: 'plain-text', suggestion: 'Add tls: {} beside it.' },
      });
    })
    .transform(withoutUndefined);
}

const keyId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9](?:[-._A-Za-z0-9]*[A-Za-z0-9])?$/, 'must be letters, digits and -._');

function encryption(directory: string): z.ZodType<EncryptionConfig> {
  const key = z.strictObject({
    id: keyId.describe('What payloads call the key, in clear; never used again for another key.'),
    key: secretReference(directory).describe('32 bytes in base64, as from `openssl rand -base64 32`.'),
  });
  return z
    .strictObject({
      activeKey: keyId.describe('The id of the key that encrypts.'),
      keys: z
        .array(key)
        .min(1)
        .max(100)
        .superRefine(refuseSame(({ id }) => id, 'is the id of another key', 'id'))
        .describe(
          'All keys that decrypt: the active one, and those before it while runs of their time are kept.',
        ),
    })
    .superRefine(({ activeKey, keys }, context) => {
      const ids = keys.map(({ id }) => id);
      if (ids.includes(activeKey)) return;
      context.addIssue({
        code: 'custom',
        path: ['activeKey'],
        message: 'is not the id of one of the keys',
        params: { code: 'unknown-key', suggestion: `Known ids: ${ids.join(', ')}.` },
      });
    });
}

function target(directory: string): z.ZodType<TargetConfig> {
  return z
    .strictObject({
      name: dnsLabel().describe('What patterns call the cluster.'),
      kubeconfig: pathIn(directory).optional().describe('A kubeconfig file.'),
      context: z
        .string()
        .min(1)
        .max(512)
        .optional()
        .describe('A context of it; its current one when not given.'),
      inCluster: z
        .literal(true)
        .optional()
        .describe('The cluster that the process runs in, with its service account.'),
      imagePatience: duration({ min: '1s', max: '1h' })
        .optional()
        .describe(
          'How long an image may fail to be pulled until its stage has failed; `1m` when not given. Longer for a registry ' +
            'that is away at times.',
        ),
    })
    .superRefine(requireOne(['kubeconfig', 'inCluster']))
    .superRefine(({ inCluster, context: named }, context) => {
      if (inCluster === undefined || named === undefined) return;
      context.addIssue({ code: 'custom', path: ['context'], message: 'has no meaning beside inCluster' });
    })
    .transform(({ name, kubeconfig, context, imagePatience }): TargetConfig => {
      const patience = imagePatience === undefined ? {} : { imagePatienceMs: imagePatience };
      if (kubeconfig === undefined) return { kind: 'in-cluster', name, ...patience };
      const named = context === undefined ? {} : { context };
      return { kind: 'kubeconfig', name, kubeconfig, ...named, ...patience };
    });
}

function mesh(directory: string): z.ZodType<MeshConfig> {
  return z
    .strictObject({
      charts: meshCharts(directory)
        .optional()
        .describe("Where the mesh's charts come from; its public repository when not given."),
    })
    .transform(withoutUndefined);
}

function metrics(): z.ZodType<MetricsConfig, object> {
  return z
    .strictObject({
      listen: hostPort(0)
        .prefault('127.0.0.1:9464')
        .describe('Where they are served, under `/metrics`: `host:port`. Whoever reaches it can read them.'),
      temporal: hostPort(1)
        .optional()
        .describe("Where Temporal's SDK serves its own, under `/metrics`: another `host:port`."),
    })
    .superRefine(({ listen, temporal: own }, context) => {
      if (own?.port !== listen.port) return;
      context.addIssue({
        code: 'custom',
        path: ['temporal'],
        message: 'must be another port than that of listen',
      });
    })
    .transform(withoutUndefined);
}

/** The same object without the fields that were not given, as exact optional types want it. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> };
}
