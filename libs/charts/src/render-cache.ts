import { join } from 'node:path';
import { digestOfJson } from '@meshwright/evidence';
import type { ChartRequest, Digest, KubernetesObject } from '@meshwright/model';
import { readIfPresent, writeAtomically } from './files.ts';

/** Rendered objects, as JSON, by everything that decides them. */
export interface RenderCache {
  read(key: Digest): Promise<string | undefined>;
  /** Gives what a later read will. */
  write(key: Digest, objects: KubernetesObject[]): Promise<string>;
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
      const text = (await readIfPresent(pathOf(key)))?.toString('utf8');
      return text !== undefined && isWhole(text) ? text : undefined;
    },
    async write(key, objects) {
      const text = JSON.stringify(objects);
      await writeAtomically(pathOf(key), text);
      return text;
    },
  };
}

/** A file that a full disk or a person damaged counts as absent: it is rendered again. */
function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
