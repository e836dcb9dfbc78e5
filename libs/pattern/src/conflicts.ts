import { diagnose, suggestName } from '@meshwright/document';
import type { Diagnostic } from '@meshwright/model';
import type { ReadPattern } from './read-pattern.ts';

/** What patterns contradict each other in: their names, and the mesh that each claims on a cluster. By path. */
export function findConflicts(patterns: readonly ReadPattern[]): Map<string, Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const claims of groupByKey(patterns.flatMap(claimsOf))) {
    for (const claim of claims) {
      const other = claims.find(({ read }) => read !== claim.read);
      if (other === undefined) continue;
      const { file, ...place } = other.place();
      const { code, message, path, suggestion } = claim;
      const diagnostic = diagnose(claim.read.document, {
        code,
        message: `${message} by ${file}:${place.line}`,
        path,
        suggestion,
      });
      found.set(claim.read.path, [...(found.get(claim.read.path) ?? []), diagnostic]);
    }
  }
  return found;
}

interface Claim {
  key: string;
  read: ReadPattern;
  code: string;
  message: string;
  path: (string | number)[];
  suggestion: string;
  place(): { file: string; line: number };
}

function claimsOf(read: ReadPattern): Claim[] {
  const { metadata, spec } = read.pattern;
  function claim(
    key: string[],
    path: Claim['path'],
    rest: Pick<Claim, 'code' | 'message' | 'suggestion'>,
  ): Claim {
    function place(): { file: string; line: number } {
      return { file: read.path, line: read.document.locate(path).line };
    }
    return { key: key.join('/'), read, path, place, ...rest };
  }
  const name = claim(['name', metadata.name], ['metadata', 'name'], {
    code: 'duplicate-pattern',
    message: `the pattern name ${metadata.name} is taken`,
    suggestion: 'Give each pattern a name of its own.',
  });
  const meshes = spec.targets.map(({ cluster }, index) =>
    claim(['mesh', spec.mesh.type, cluster], ['spec', 'targets', index, 'cluster'], {
      code: 'duplicate-mesh',
      message: `${spec.mesh.type} on ${cluster} is claimed`,
      suggestion: 'Keep one pattern for each mesh of a cluster.',
    }),
  );
  return [name, ...meshes];
}

function groupByKey(claims: Claim[]): Claim[][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const group = groups.get(claim.key);
    if (group === undefined) groups.set(claim.key, [claim]);
    else group.push(claim);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** The mesh and targets that nobody configured. */
export function findUnknown(
  { pattern, document }: ReadPattern,
  known: { meshes?: readonly string[] | undefined; targets?: readonly string[] | undefined },
): Diagnostic[] {
  const { mesh, targets } = pattern.spec;
  const found: Diagnostic[] = [];
  if (known.meshes?.includes(mesh.type) === false) {
    found.push(
      diagnose(document, {
        code: 'unknown-mesh',
        message: `there is no plugin for the mesh ${mesh.type}`,
        path: ['spec', 'mesh', 'type'],
        suggestion: suggestKnown(mesh.type, known.meshes, 'Known meshes'),
      }),
    );
  }
  for (const [index, { cluster }] of targets.entries()) {
    if (known.targets?.includes(cluster) !== false) continue;
    found.push(
      diagnose(document, {
        code: 'unknown-target',
        message: `there is no target ${cluster} in meshwright.yaml`,
        path: ['spec', 'targets', index, 'cluster'],
        suggestion: suggestKnown(cluster, known.targets, 'Known targets'),
      }),
    );
  }
  return found;
}

function suggestKnown(name: string, names: readonly string[], title: string): string {
  const list = names.length === 0 ? `${title}: none.` : `${title}: ${names.slice(0, 20).join(', ')}.`;
  const nearest = suggestName(name, names, title);
  return nearest === undefined || nearest.startsWith(title) ? list : `${nearest} ${list}`;
}
