import type { ClusterClient } from '@meshwright/cluster';
import { type LoadPath, LoadProtocol, MeshwrightError } from '@meshwright/model';
import type { PatternContent } from '../engine/patterns.ts';
import { meanFromProbe, probe } from '../engine/probe.ts';
import { gatewayService, withGateway } from './gateway.ts';
import { question, type Way } from './ways.ts';

/** Who sends the load of the comparisons. */
export const SenderName = { fortio: 'fortio', builtin: 'builtin' } as const;
export type SenderName = (typeof SenderName)[keyof typeof SenderName];

/** A sender on a cluster that has its content. */
export interface Sender {
  /** The id of the load generator. */
  generator: SenderName;
  /** For the report. */
  description: string;
  path(way: Way): LoadPath;
  /** What so many requests of a way took on average, in milliseconds. */
  mean(way: Way, requests: number): Promise<number>;
}

/** What the sender needs beside the ways. */
export function contentFor(
  sender: SenderName,
  content: PatternContent,
  ways: readonly Way[],
): PatternContent {
  return sender === SenderName.fortio ? content : withGateway(content, ways);
}

export function openSender(name: SenderName, client: ClusterClient, signal: AbortSignal): Promise<Sender> {
  return name === SenderName.fortio
    ? Promise.resolve(fortioInTheMesh(client, signal))
    : builtinAtTheGateway(client, signal);
}

function fortioInTheMesh(client: ClusterClient, signal: AbortSignal): Sender {
  const addressOf = ({ host }: Way): string => `http://${host}:8080/${question}`;
  return {
    generator: SenderName.fortio,
    description: "the example's client (Fortio) through both sidecars",
    path: (way) => ({ probe, endpoint: { protocol: LoadProtocol.http1, address: addressOf(way) } }),
    mean: (way, requests) => meanFromProbe(client, addressOf(way), requests, signal),
  };
}

async function builtinAtTheGateway(client: ClusterClient, signal: AbortSignal): Promise<Sender> {
  const address = await clusterAddress(client, signal);
  const addressOf = ({ host }: Way): string => `http://${address}:8080/${host}${question}`;
  return {
    generator: SenderName.builtin,
    description: 'the load agent (the built-in generator) through a gateway and the sidecar of the server',
    path: (way) => ({ endpoint: { protocol: LoadProtocol.http1, address: addressOf(way) } }),
    mean: (way, requests) => meanFromHere(addressOf(way), requests, signal),
  };
}

/** The testbed's node is on this machine, so the addresses of its Services can be reached. */
async function clusterAddress(client: ClusterClient, signal: AbortSignal): Promise<string> {
  const found = await client.get(gatewayService, signal);
  const { clusterIP } = (found?.spec ?? {}) as { clusterIP?: string };
  if (clusterIP !== undefined) return clusterIP;
  throw new MeshwrightError('INTERNAL', 'The gateway has no Service.');
}

async function meanFromHere(address: string, requests: number, signal: AbortSignal): Promise<number> {
  let milliseconds = 0;
  for (let sent = 0; sent < requests; sent += 1) {
    const begun = performance.now();
    const response = await fetch(address, { signal });
    await response.arrayBuffer();
    milliseconds += performance.now() - begun;
    if (!response.ok) throw new MeshwrightError('NOT_READY', `${address} answered ${response.status}.`);
  }
  return milliseconds / requests;
}
