import { join } from 'node:path';

import type { TestbedHost } from '../host.ts';
import { partNamed } from '../parts/catalogue.ts';
import { getPart } from '../parts/ensure.ts';
import { allocatePorts } from '../ports.ts';
import type { Condition } from '../wait.ts';

/** Where a Temporal server answers. */
export interface TemporalEndpoint {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  /** The web interface. */
  readonly ui: string;
  readonly namespace: string;
}

export interface TemporalServerOptions {
  /** False keeps everything in memory. Default true: a database file that survives a stop. */
  readonly persistent?: boolean;
  /** Dynamic configuration of the server, with JSON values. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
}

export interface RunningTemporalServer extends TemporalEndpoint {
  readonly ports: Readonly<Record<string, number>>;
}

const LOOPBACK = '127.0.0.1';
const NAMESPACE = 'default';

/** Starts Temporal's development server on loopback and waits until its namespace answers. */
export async function startTemporalServer(
  host: TestbedHost,
  options: TemporalServerOptions = {},
): Promise<RunningTemporalServer> {
  const { path } = await getPart(partNamed('temporal'), host.parts);
  const ports = await allocatePorts(
    ['temporal', 'temporalUi', 'temporalHttp', 'temporalMetrics'],
    host.preferredPorts,
  );
  const database = options.persistent === false ? [] : ['--db-filename', join(host.directory, 'temporal.db')];
  const dynamicConfig = Object.entries(options.dynamicConfig ?? {}).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const task = host.progress.begin('starting Temporal');
  try {
    await host.processes.start({
      name: 'temporal',
      command: path,
      args: [
        ...['server', 'start-dev', '--ip', LOOPBACK, '--ui-ip', LOOPBACK],
        ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
        ...['--http-port', String(ports.temporalHttp), '--metrics-port', String(ports.temporalMetrics)],
        ...['--log-level', 'warn', '--log-format', 'json', '--disable-config-file', '--disable-config-env'],
        ...database,
        ...dynamicConfig,
      ],
      ready: namespaceAnswers(`http://${LOOPBACK}:${ports.temporalHttp}/api/v1/namespaces/${NAMESPACE}`),
      readyWithinSeconds: 90,
    });
    const ui = `http://${LOOPBACK}:${ports.temporalUi}`;
    task.succeed(`${LOOPBACK}:${ports.temporal}, web interface ${ui}`);
    return { address: `${LOOPBACK}:${ports.temporal}`, ui, namespace: NAMESPACE, ports };
  } catch (error) {
    task.fail('failed');
    throw error;
  }
}

function namespaceAnswers(url: string): Condition {
  return async (signal) => {
    try {
      const { status } = await fetch(url, { signal });
      return status === 200 ? undefined : `the namespace ${NAMESPACE} answered ${status}`;
    } catch {
      return 'no answer yet';
    }
  };
}
