import { shortCommit } from '@meshwright/model';
import type { Wish } from '@meshwright/plugin-testkit';
import { stringify } from 'yaml';

/** A pattern and where it lies. */
export interface FiledPattern {
  name: string;
  /** Its target, by the name that the configuration gives it. */
  cluster: string;
}

/** Where the file of a pattern lies. */
export function patternPath({ name }: FiledPattern): string {
  return `patterns/${name}.yaml`;
}

/** What people call its rollout of a commit. */
export function nameOf({ name }: FiledPattern, commit: string): string {
  return `${name}@${shortCommit(commit)}`;
}

/**
 * The files of a pattern as it is wished for, by path, which asks for approval; its label says what for, so that it
 * is read anew even where nothing else of it differs.
 */
export function filesOf(
  pattern: FiledPattern,
  { mesh, security, workloads = [], resources = [] }: Wish,
  purpose: string,
): Record<string, string> {
  const { name, cluster } = pattern;
  const [apps, own] = [`apps/${name}`, `resources/${name}.yaml`];
  const document = {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    metadata: { name, labels: { purpose: purpose.toLowerCase().replaceAll(' ', '-') } },
    spec: {
      targets: [{ cluster }],
      mesh,
      workloads: workloads.map(({ namespace, enroll }) => ({
        namespace,
        enroll,
        manifests: [`${apps}/${namespace}.yaml`],
      })),
      ...(security === undefined ? {} : { security }),
      resources: [own],
      approval: { required: true },
    },
  };
  const manifests = workloads.map(
    ({ namespace, objects }) => [`${apps}/${namespace}.yaml`, objects] as const,
  );
  return {
    [patternPath(pattern)]: stringify(document, { aliasDuplicateObjects: false }),
    ...Object.fromEntries(
      [...manifests, [own, resources] as const].map(([path, of]) => [path, streamOf(of)]),
    ),
  };
}

function streamOf(objects: readonly object[]): string {
  return objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
}
