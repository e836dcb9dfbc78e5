import { stringify } from 'yaml';
import type { PatternContent } from '../engine/patterns.ts';
import { checkoutContent, workloadNamespace } from '../upgrade/workloads.ts';

/** A way to the same server: a Service of its own, and a route that delays each request. */
export interface Way {
  host: string;
  /** What the route waits for, in milliseconds; Envoy knows no shorter one than 1. */
  delay: number;
}

/** What is compared with the plain way. */
export interface Level {
  name: string;
  way: Way;
  /** By which share of the answer it is slower; 0 where nothing is. */
  added: number;
}

/** The server waits for so long; with the plain route's millisecond and both sidecars it is an answer of about 20 ms. */
const serverMilliseconds = 17;
const answerMilliseconds = 20;
const plainDelay = 1;

/** Arm A of every comparison. */
export const plain: Way = { host: 'plain', delay: plainDelay };
/** Arm B where nothing changed: another way that is like the plain one in everything. */
export const noChange: Level = { name: 'no change', way: { host: 'same', delay: plainDelay }, added: 0 };
/** The slowdowns. */
export const slowdowns: readonly Level[] = [0.1, 0.2, 0.5].map(slowdown);

function slowdown(added: number): Level {
  const percent = Math.round(added * 100);
  const delay = plainDelay + added * answerMilliseconds;
  return { name: `+${percent} %`, way: { host: `plus-${percent}`, delay }, added };
}

/** The answer that is asked of the server. */
export const question = `?delay=${serverMilliseconds}ms`;

/** The example's workloads with a Service and a route for each way, so that nothing is switched while measurements go on. */
export async function contentOf(ways: readonly Way[]): Promise<PatternContent> {
  const { spec, files } = await checkoutContent();
  return {
    spec: { ...spec, resources: ['istio/*.yaml'] },
    files: {
      ...files,
      'apps/checkout/ways.yaml': documents(ways.map(serviceOf)),
      'istio/ways.yaml': documents(ways.map(routeOf)),
    },
  };
}

/** Objects as one file. */
export function documents(objects: readonly object[]): string {
  return objects.map((object) => stringify(object)).join('---\n');
}

function serviceOf({ host }: Way): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: host, namespace: workloadNamespace },
    spec: { selector: { app: 'server' }, ports: [{ name: 'http', port: 8080 }] },
  };
}

function routeOf(way: Way): object {
  const { host } = way;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: host, namespace: workloadNamespace },
    spec: { hosts: [host], http: [{ fault: faultOf(way), route: [{ destination: { host } }] }] },
  };
}

/** What a VirtualService says of the delay. */
export function faultOf({ delay }: Way): object {
  return { delay: { fixedDelay: `${delay}ms`, percentage: { value: 100 } } };
}
