import { readFile } from 'node:fs/promises';
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestPlainly,
  type RequestOptions,
} from 'node:http';
import { Agent as TlsAgent, type AgentOptions, request as requestByTls } from 'node:https';
import { parse } from 'yaml';

/** How an administrator reaches an API server, read without the product's own code. */
export interface AdminAccess {
  server: URL;
  agent: Agent;
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** Reads the testbed's kubeconfig: one cluster, one user with a certificate. */
export async function readAccess(kubeconfig: string): Promise<AdminAccess> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user;
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster or user.`);
  const tls: AgentOptions = {
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  };
  return { server: new URL(cluster.server), agent: new TlsAgent({ keepAlive: true, ...tls }) };
}

/** Begins a request to the API server; a test's server may speak plain HTTP. */
export function requestTo(
  { server, agent }: AdminAccess,
  options: Pick<RequestOptions, 'method' | 'path' | 'headers'>,
  take: (answer: IncomingMessage) => void,
): ClientRequest {
  const whole = { ...options, agent, host: server.hostname, port: server.port };
  return server.protocol === 'http:' ? requestPlainly(whole, take) : requestByTls(whole, take);
}

function decoded(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
