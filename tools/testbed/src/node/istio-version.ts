import { join } from 'node:path';

import { istioImages, type ImageDefinition } from '../images/index.ts';
import { ISTIO_VERSION, partNamed } from '../parts/catalogue.ts';
import type { PartContext } from '../parts/context.ts';
import { getPart } from '../parts/ensure.ts';
import { envoyBootstrap } from '../parts/istio-module.ts';
import type { Part } from '../parts/part.ts';
import { nodePaths } from './paths.ts';
import { importImages } from './runtime.ts';

/**
 * Puts Istio's images under another version number into a node that runs, so that an upgrade from one revision to
 * another can be exercised. Only one Istio source is pinned: it is built a second time to report the other number.
 * Whatever is shown of such an upgrade has to say that both versions are one source.
 *
 * @param directory the testbed's.
 * @throws MeshwrightError `INTERNAL` when the node does not run.
 */
export async function addIstioVersion(directory: string, version: string, parts: PartContext): Promise<void> {
  const { containerdSocket } = nodePaths(join(directory, 'node'));
  const ctr = (await getPart(partNamed('ctr'), parts)).path;
  await importImages(containerdSocket, ctr, await istioImagesOf(version, parts), parts.cache);
}

/** Istio's images with programs that report this version. */
export async function istioImagesOf(version: string, parts: PartContext): Promise<ImageDefinition[]> {
  // The init container's image takes it from the machine.
  await getPart(partNamed('iptables'), parts);
  const binaries = {
    pilotDiscovery: (await getPart(withVersion(partNamed('pilot-discovery'), version), parts)).path,
    pilotAgent: (await getPart(withVersion(partNamed('pilot-agent'), version), parts)).path,
    envoy: (await getPart(partNamed('envoy'), parts)).path,
    bootstrapTemplate: await envoyBootstrap(parts),
  };
  return istioImages(binaries, version);
}

/** The same source, linked to report another version. */
export function withVersion(part: Part, version: string): Part {
  if (version === ISTIO_VERSION || part.goBuild === undefined) return part;
  const variables = Object.entries(part.goBuild.variables ?? {}).map(([name, value]) => [
    name,
    value === ISTIO_VERSION ? version : value,
  ]);
  const goBuild = { ...part.goBuild, variables: Object.fromEntries(variables) as Record<string, string> };
  return { ...part, version, goBuild };
}
