import { z } from 'zod';
import type { Digest } from '@meshwright/model';
import { checkOciUrl, checkWebUrl } from './addresses.ts';
import { checkedText, pathIn, requireOne } from './fields.ts';
import type { ChartSource, MeshCharts } from './types.ts';

const sources = ['repository', 'oci', 'directory'];

const chartAndVersion = z
  .string()
  .max(300)
  .regex(
    /^[a-z0-9][a-z0-9._-]*-\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/,
    'must be <chart>-<version>, such as istiod-1.31.1',
  );

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 digits of lower-case hexadecimal')
  .transform((text) => text as Digest);

/** `meshes.<id>.charts`: one source at most, and what of it is pinned. */
export function meshCharts(directory: string): z.ZodType<MeshCharts> {
  return z
    .strictObject({
      repository: checkedText((text) => checkWebUrl(text, { plain: false }))
        .optional()
        .describe('A chart repository, `https://…`.'),
      oci: checkedText(checkOciUrl).optional().describe('A folder of an OCI registry, `oci://host/path`.'),
      directory: pathIn(directory).optional().describe('A folder with a folder or archive for each chart.'),
      digests: z
        .record(chartAndVersion, digest)
        .optional()
        .describe(
          'The digests that charts must have, by `<chart>-<version>`: the SHA-256 of the archive, in a registry that of ' +
            "the chart's layer. Another archive is refused. Without one, the first archive of a version counts.",
        ),
    })
    .superRefine((value, context) => {
      const isPublic = value.digests !== undefined && sources.every((name) => !(name in value));
      if (!isPublic) requireOne(sources)(value, context);
    })
    .transform(({ digests = {}, ...source }): MeshCharts => {
      const named = sourceOf(source);
      return { ...(named === undefined ? {} : { source: named }), digests };
    });
}

function sourceOf(given: {
  repository?: string | undefined;
  oci?: string | undefined;
  directory?: string | undefined;
}): ChartSource | undefined {
  const { repository, oci, directory } = given;
  if (repository !== undefined) return { kind: 'repository', repository };
  if (oci !== undefined) return { kind: 'oci', oci };
  return directory === undefined ? undefined : { kind: 'directory', directory };
}
