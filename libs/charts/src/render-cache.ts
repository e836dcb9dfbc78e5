import { join } from 'node:path';
import { digestOfJson } from '@meshwright/evidence';
import type { ChartRequest, Digest, KubernetesObject } from '@meshwright/model';
import { readIfPresent, writeAtomically } from './files.ts';

/** Rendered objects by everything that decides them. */
export interface RenderCache {
  read(key: Digest): Promise<KubernetesObject[] | undefined>;
  write(key: Digest, objects: KubernetesObject[]): Promise<void>;
}

/** One key for each chart archive, values, cluster version, release and version of Helm. */
export function renderKey(input: { archive: Digest; request: ChartRequest; helm: string }): Digest {
  const { chart, version, apiVersions, ...decisive } = input.request;
  return digestOfJson({
    format: 1,
    archive: input.archive,
    helm: input.helm,
    chart,
    version,
    apiVersions: [...apiVersions].sort(),
    ...decisive,
  });
}

export function openRenderCache(cacheDirectory: string): RenderCache {
  const pathOf = (key: Digest) => join(cacheDirectory, 'rendered', `${key.slice('sha256:'.length)}.json`);
  return {
    async read(key) {
      const content = await readIfPresent(pathOf(key));
      return content === undefined ? undefined : parse(content.toString('utf8'));
    },
    async write(key, objects) {
      await writeAtomically(pathOf(key), JSON.stringify(objects));
    },
  };
}

/** A file that a full disk or a person damaged counts as absent: it is rendered again. */
function parse(text: string): KubernetesObject[] | undefined {
  try {
    return JSON.parse(text) as KubernetesObject[];
  } catch {
    return undefined;
  }
}
