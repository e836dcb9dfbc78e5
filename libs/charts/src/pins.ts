import { type Digest, MeshwrightError } from '@meshwright/model';

/**
 * The digests that archives must have, by `<chart>-<version>`: the SHA-256 of the archive `.tgz` (in a registry that of
 * the chart's layer), or of a chart folder's content. A chart that is not named here is the one that was used first.
 */
export type ChartDigests = Readonly<Record<string, Digest>>;

export interface ChartName {
  chart: string;
  version: string;
}

/** The digest a chart must have; undefined where nobody said. */
export function pinOf(digests: ChartDigests, { chart, version }: ChartName): Digest | undefined {
  return digests[`${chart}-${version}`];
}

/** The chart that an entry of the configuration names; undefined for a name that ends in no version. */
export function nameOfPin(key: string): ChartName | undefined {
  const [, chart, version] = /^(.+?)-(\d+\.\d+\.\d+.*)$/.exec(key) ?? [];
  return chart === undefined || version === undefined ? undefined : { chart, version };
}

/** The refusal of a chart that is not the one that was agreed on. */
export function notPinned(
  name: ChartName,
  { found, pin, where }: { found: Digest; pin: Digest; where: string },
): MeshwrightError {
  return new MeshwrightError(
    'CHART_REFUSED',
    `${shown(name)} of ${where} is another than the pinned one: it has the digest ${found}, and ${pin} is pinned.`,
    {
      where: `charts.digests.${name.chart}-${name.version}`,
      remedy:
        'Nothing of it was rendered. Ask who publishes it why it changed; if the new one is right, correct the digest in meshwright.yaml.',
    },
  );
}

/** A chart's name at the start of a sentence. */
export function shown({ chart, version }: ChartName): string {
  return `Chart ${chart} ${version}`;
}
