import { join } from 'node:path';

import type { TestbedHost } from '../host.ts';
import { getPart } from '../parts/ensure.ts';
import { partNamed } from '../parts/catalogue.ts';
import { allocatePorts } from '../ports.ts';
import { waitFor } from '../wait.ts';
import { answersOk, connectionOf, type ApiConnection } from './api-client.ts';
import { apiServerArguments, firstAddress } from './api-server.ts';
import { openAuthority, serviceAccountKeys, type Authority } from './certificates.ts';
import { controllerManagerArguments, schedulerArguments } from './controllers.ts';
import { etcdArguments } from './etcd.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** What may differ between control planes. */
export interface ControlPlaneOptions {
  /** The address the API server listens on. Default: loopback. */
  readonly bindAddress?: string;
  /**
   * The address pods reach the API server at; it becomes the endpoint of the Service `kubernetes` and must not be
   * loopback. Without it that Service has no endpoint.
   */
  readonly advertiseAddress?: string;
  /** DNS names and addresses for the API server's certificate, besides those it always has. */
  readonly extraSubjectAltNames?: readonly string[];
  readonly serviceCidr?: string;
  /** The range of pod addresses, when the controller manager shall divide it among nodes. */
  readonly clusterCidr?: string;
  /** How the API server calls kubelets, such as `InternalIP` where node names are in no DNS. */
  readonly kubeletAddressTypes?: string;
}

/** A control plane that answers. */
export interface ControlPlane {
  readonly apiServer: string;
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly connection: ApiConnection;
  readonly authority: Authority;
  readonly serviceCidr: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Writes `<name>.kubeconfig` for another user and gives its path. */
  issueKubeconfig(name: string, user: string, groups?: readonly string[]): Promise<string>;
}

export const CONTROL_PLANE_PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
] as const;

const LOOPBACK = '127.0.0.1';
/** Few processors and much memory: garbage is collected a third as often as by default, which is what writes wait for. */
const environment = { GOGC: '300' };
const DEFAULT_SERVICE_CIDR = '10.96.0.0/16';

/** Starts etcd, the API server, the controller manager and the scheduler, and waits until they work together. */
export async function startControlPlane(
  host: TestbedHost,
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const programs = await controlPlanePrograms(host);
  const bindAddress = options.bindAddress ?? LOOPBACK;
  const serviceCidr = options.serviceCidr ?? DEFAULT_SERVICE_CIDR;
  const ports = await allocatePorts(
    ['etcd', 'etcdPeer', 'apiServer', 'controllerManager', 'scheduler'],
    host.preferredPorts,
  );
  const pki = join(host.directory, 'pki');
  const authority = await openAuthority(pki);
  const serviceAccounts = await serviceAccountKeys(pki);
  const server = `https://${bindAddress === '0.0.0.0' ? LOOPBACK : bindAddress}:${ports.apiServer}`;

  async function issueKubeconfig(
    name: string,
    user: string,
    groups: readonly string[] = [],
  ): Promise<string> {
    const client = await authority.issue(name, { commonName: user, organizations: groups });
    const path = join(host.directory, `${name}.kubeconfig`);
    await writeKubeconfig(path, { name: `meshwright-${host.name}`, server, authority, client });
    return path;
  }

  const task = host.progress.begin('starting the Kubernetes control plane');
  try {
    const loopbackNames = [LOOPBACK, 'localhost'];
    const etcd = await authority.issue('etcd', { commonName: 'etcd', subjectAltNames: loopbackNames });
    const admin = await authority.issue('admin', { commonName: 'admin', organizations: ['system:masters'] });
    const etcdServer = `https://${LOOPBACK}:${ports.etcd}`;
    const etcdConnection = await connectionOf(etcdServer, authority, etcd);
    task.update({ done: 0, total: 4, detail: 'etcd' });
    await host.processes.start({
      name: 'etcd',
      command: programs.etcd,
      environment,
      args: etcdArguments({ directory: join(host.directory, 'etcd'), ports, authority, keyPair: etcd }),
      ready: answersOk(etcdConnection, '/health'),
    });

    const apiServerKeys = await authority.issue('kube-apiserver', {
      commonName: 'kube-apiserver',
      subjectAltNames: [
        ...new Set([
          ...loopbackNames,
          'kubernetes',
          'kubernetes.default',
          'kubernetes.default.svc',
          'kubernetes.default.svc.cluster.local',
          firstAddress(serviceCidr),
          ...(bindAddress === '0.0.0.0' ? [] : [bindAddress]),
          ...(options.advertiseAddress === undefined ? [] : [options.advertiseAddress]),
          ...(options.extraSubjectAltNames ?? []),
        ]),
      ],
    });
    const kubeletClient = await authority.issue('kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:masters'],
    });
    const connection = await connectionOf(server, authority, admin);
    const kubeconfig = await issueKubeconfig('admin', 'admin', ['system:masters']);
    task.update({ done: 1, detail: 'kube-apiserver' });
    await host.processes.start({
      name: 'kube-apiserver',
      command: programs['kube-apiserver'],
      environment,
      args: apiServerArguments({
        ...options,
        bindAddress,
        serviceCidr,
        port: ports.apiServer,
        etcdServer,
        etcdKeys: etcd,
        authority,
        keyPair: apiServerKeys,
        kubeletClient,
        serviceAccounts,
      }),
      ready: answersOk(connection, '/readyz'),
      readyWithinSeconds: 120,
    });

    task.update({ done: 2, detail: 'kube-controller-manager and kube-scheduler' });
    const local = await authority.issue('controllers', {
      commonName: 'controllers',
      subjectAltNames: loopbackNames,
    });
    const controllerManager = await issueKubeconfig(
      'kube-controller-manager',
      'system:kube-controller-manager',
    );
    const scheduler = await issueKubeconfig('kube-scheduler', 'system:kube-scheduler');
    const healthOf = async (port: number): Promise<ReturnType<typeof answersOk>> =>
      answersOk(await connectionOf(`https://${LOOPBACK}:${port}`, authority, admin), '/healthz');
    // One after the other because the order of start decides the order of stop; both become ready meanwhile.
    await host.processes.start({
      name: 'kube-controller-manager',
      command: programs['kube-controller-manager'],
      environment,
      args: controllerManagerArguments({
        kubeconfig: controllerManager,
        port: ports.controllerManager,
        keyPair: local,
        authority,
        serviceAccountKey: serviceAccounts.privateKey,
        serviceCidr,
        clusterCidr: options.clusterCidr,
      }),
      ready: await healthOf(ports.controllerManager),
    });
    await host.processes.start({
      name: 'kube-scheduler',
      command: programs['kube-scheduler'],
      environment,
      args: schedulerArguments({ kubeconfig: scheduler, port: ports.scheduler, keyPair: local }),
      ready: await healthOf(ports.scheduler),
    });
    task.update({ done: 4, detail: 'default service account' });
    await waitFor(answersOk(connection, '/api/v1/namespaces/default/serviceaccounts/default'), {
      what: 'the default service account',
      seconds: 60,
      ...(host.signal === undefined ? {} : { signal: host.signal }),
    });
    task.succeed(server);
    return { apiServer: server, kubeconfig, connection, authority, serviceCidr, ports, issueKubeconfig };
  } catch (error) {
    task.fail('failed');
    throw error;
  }
}

async function controlPlanePrograms(
  host: TestbedHost,
): Promise<Record<(typeof CONTROL_PLANE_PARTS)[number], string>> {
  const programs: Partial<Record<(typeof CONTROL_PLANE_PARTS)[number], string>> = {};
  for (const name of CONTROL_PLANE_PARTS) programs[name] = (await getPart(partNamed(name), host.parts)).path;
  return programs as Record<(typeof CONTROL_PLANE_PARTS)[number], string>;
}
