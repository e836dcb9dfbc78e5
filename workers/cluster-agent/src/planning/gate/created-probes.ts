import { createHash } from 'node:crypto';
import {
  Contrast,
  type CostScope,
  type GateProbes,
  type KubernetesObject,
  PlanAction,
  type Probe,
} from '@meshwright/model';
import type { Enrollment } from '@meshwright/plugin-sdk';
import { isEnrolling } from '../enrollment.ts';
import type { Planning } from '../target.ts';
import type { Chosen } from './contrast.ts';
import { fortioPorts } from './fortio-server.ts';
import type { Planned } from './plan-gate.ts';

/** On everything that is created for a measurement: whose it is. */
export const probesLabel = 'meshwright.dev/probes-of';

/** A pod that sends, and the host of another that answers it. */
export interface ProbePair {
  client: Probe;
  host: string;
}

/** A pair that one of two control planes serves. */
export interface LivePair extends ProbePair {
  cost: CostScope;
}

/** Pods of the engine's own, by what they are there for. */
export interface CreatedProbes {
  objects: KubernetesObject[];
  summary: GateProbes;
  /** In the mesh, to send to the workload. */
  client?: Probe;
  /** In no mesh. */
  control?: Probe;
  /** One pair for each control plane. */
  both?: { a: LivePair; b: LivePair };
}

/** The pods that a gate creates; undefined where its profile does not ask for them. */
export function createdProbes(
  planning: Planning,
  { action, mesh, meshBefore }: Planned,
  { contrast, enrollments }: Chosen,
): CreatedProbes | undefined {
  if (planning.snapshot.profile?.spec.probes?.create !== true) return undefined;
  const { input, plugin, snapshot, probeImage } = planning;
  const make = (role: string, enrollment: Enrollment | undefined, answers = false): Made =>
    makeProbe({
      answers,
      exempt: enrollment !== undefined && isEnrolling(plugin) ? plugin.exemptPort(fortioPorts.http) : {},
      pattern: input.pattern,
      cluster: input.cluster,
      image: probeImage,
      role,
      enrollment,
    });
  if (contrast === Contrast.concurrent && enrollments !== undefined) {
    const [a, b] = [make('before', enrollments.a, true), make('after', enrollments.b, true)];
    const live = ({ pair }: Made, revision: string | undefined): LivePair => ({
      ...pair,
      cost: { mesh: mesh.type, ...(revision === undefined ? {} : { revision }) },
    });
    const both = { a: live(a, meshBefore?.revision), b: live(b, mesh.revision) };
    return { ...together([a, b], false), both };
  }
  const workload = { namespace: '', enroll: true, waypoint: false, manifests: [] };
  const meshed = make(
    'client',
    isEnrolling(plugin) ? plugin.enroll(workload, snapshot.pattern.spec.mesh) : undefined,
  );
  // With another version or revision its proxy would be one of before, and hold the old control plane.
  const staysOpen = action === PlanAction.configure;
  if (contrast !== Contrast.controlled) {
    return { ...together([meshed], staysOpen), client: meshed.pair.client };
  }
  const control = make('control', undefined);
  return {
    ...together([meshed, control], staysOpen),
    client: meshed.pair.client,
    control: control.pair.client,
  };
}

interface Made {
  namespace: string;
  objects: KubernetesObject[];
  pair: ProbePair;
}

function together(made: readonly Made[], staysOpen: boolean): Pick<CreatedProbes, 'objects' | 'summary'> {
  return {
    objects: made.flatMap(({ objects }) => objects),
    summary: { namespaces: made.map(({ namespace }) => namespace), staysOpen },
  };
}

interface Wish {
  pattern: string;
  cluster: string;
  image: string;
  role: string;
  enrollment: Enrollment | undefined;
  /** Whether there is a pod that answers, beside the one that sends. */
  answers: boolean;
  /** The annotations that keep the port open at which the one that sends is asked. */
  exempt: Record<string, string>;
}

/** A namespace with a pod that sends, and one that answers where that is wanted. */
function makeProbe({ pattern, cluster, image, role, enrollment, answers, exempt }: Wish): Made {
  const namespace = `meshwright-${shortened(pattern)}-${role}`;
  const labels = {
    'app.kubernetes.io/managed-by': 'meshwright',
    [probesLabel]: shortened(pattern),
  };
  const objects: KubernetesObject[] = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { ...labels, ...enrollment?.labels },
        ...(enrollment === undefined ? {} : { annotations: enrollment.annotations }),
      },
    },
    deployment({ namespace, name: 'client', image, labels, annotations: exempt }),
    ...(answers
      ? [
          deployment({ namespace, name: 'server', image, labels, annotations: {} }),
          service(namespace, labels),
        ]
      : []),
  ];
  const client = { cluster, namespace, labelSelector: 'app=client', port: fortioPorts.http };
  return { namespace, objects, pair: { client, host: `server.${namespace}` } };
}

function deployment({
  namespace,
  name,
  image,
  labels,
  annotations,
}: {
  namespace: string;
  name: string;
  image: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}): KubernetesObject {
  const app = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: app },
      template: {
        metadata: { labels: { ...labels, ...app }, annotations },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: 'fortio',
              image,
              args: ['server', '-data-dir', '/tmp', '-redirect-port', 'disabled', '-udp-port', 'disabled'],
              ports: Object.entries(fortioPorts).map(([port, containerPort]) => ({
                name: port,
                containerPort,
              })),
              readinessProbe: { httpGet: { path: '/debug', port: fortioPorts.http }, periodSeconds: 1 },
              resources: { requests: { cpu: '10m', memory: '32Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                runAsNonRoot: true,
                runAsUser: 65_532,
                seccompProfile: { type: 'RuntimeDefault' },
              },
            },
          ],
        },
      },
    },
  };
}

function service(namespace: string, labels: Record<string, string>): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'server', namespace, labels },
    spec: {
      selector: { app: 'server' },
      ports: Object.entries(fortioPorts).map(([name, port]) => ({ name, port })),
    },
  };
}

const longest = 40;

/** The pattern's name with room for more in a namespace; two that begin alike stay two. */
function shortened(pattern: string): string {
  if (pattern.length <= longest) return pattern;
  const digest = createHash('sha256').update(pattern).digest('hex').slice(0, 6);
  return `${pattern.slice(0, longest - 7)}-${digest}`;
}
