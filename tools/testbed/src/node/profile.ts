import { dirname, join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import type { TestbedHost } from '../host.ts';
import { baseImages, type ImageDefinition } from '../images/index.ts';
import { ISTIO_VERSION, partNamed } from '../parts/catalogue.ts';
import { getPart } from '../parts/ensure.ts';
import { canRunNode } from './capability.ts';
import { closeHousing, openHousing } from './housing.ts';
import { istioImagesOf } from './istio-version.ts';
import { NODE_NAME } from './kubernetes.ts';
import { startNode, type NodePrograms } from './node.ts';

/**
 * Starts a control plane with one real node, in which pods run and Istio's images lie ready. What runs already is left
 * running.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when this machine cannot run a node, with the reason.
 */
export async function startNodeProfile(host: TestbedHost): Promise<ControlPlane> {
  const capability = await canRunNode();
  if (!capability.possible) {
    throw new MeshwrightError(
      'PREREQUISITE_MISSING',
      `this machine cannot run a node: ${capability.reason}`,
      {
        remedy: 'use another profile of the testbed, whose pods become ready without running',
      },
    );
  }
  const programs = await nodePrograms(host);
  const images = await nodeImages(host);
  const housing = await openHousing(housingDirectory(host), await part(host, 'pause'), host.processes);
  const { hostAddress, serviceCidr } = housing.network;
  const controlPlane = await startControlPlane(host, {
    bindAddress: hostAddress,
    advertiseAddress: hostAddress,
    serviceCidr,
    kubeletAddressTypes: 'InternalIP',
  });
  const task = host.progress.begin('starting the node');
  try {
    await startNode(housing, {
      processes: host.processes,
      programs,
      connection: controlPlane.connection,
      kubeletKubeconfig: await controlPlane.issueKubeconfig('kubelet', `system:node:${NODE_NAME}`, [
        'system:nodes',
      ]),
      kubeProxyKubeconfig: await controlPlane.issueKubeconfig('kube-proxy', 'system:kube-proxy'),
      certificateAuthority: controlPlane.authority.files.certificate,
      images,
      cacheDirectory: host.parts.cache,
      task,
      signal: host.signal,
    });
    task.succeed(NODE_NAME);
    return controlPlane;
  } catch (error) {
    task.fail('failed');
    throw error;
  }
}

/**
 * Ends the node of a testbed and removes what it left on the machine. The API server ends first, because its address
 * goes with the node, and without it the server would not find an end; the rest of the control plane is not touched.
 */
export async function stopNodeProfile(host: Pick<TestbedHost, 'directory' | 'processes'>): Promise<void> {
  await host.processes.stop('kube-apiserver');
  await closeHousing(housingDirectory(host));
}

function housingDirectory(host: Pick<TestbedHost, 'directory'>): string {
  return join(host.directory, 'node');
}

async function nodePrograms(host: TestbedHost): Promise<NodePrograms> {
  await part(host, 'runc');
  await part(host, 'ip');
  return {
    containerd: await part(host, 'containerd'),
    ctr: await part(host, 'ctr'),
    cniPlugins: dirname(await part(host, 'host-local')),
    kubelet: await part(host, 'kubelet'),
    kubeProxy: await part(host, 'kube-proxy'),
    nft: await part(host, 'nft'),
  };
}

async function nodeImages(host: TestbedHost): Promise<ImageDefinition[]> {
  const base = baseImages({
    pause: await part(host, 'pause'),
    coredns: await part(host, 'coredns'),
    fortio: await part(host, 'fortio'),
  });
  return [...base, ...(await istioImagesOf(ISTIO_VERSION, host.parts))];
}

async function part(host: TestbedHost, name: string): Promise<string> {
  return (await getPart(partNamed(name), host.parts)).path;
}
