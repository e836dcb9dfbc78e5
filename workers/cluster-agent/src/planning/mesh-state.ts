import type { MeshState } from '@meshwright/model';
import type { Installation } from '@meshwright/plugin-sdk';
import { enrolledAmong } from './enrollment.ts';
import type { Planning } from './target.ts';

/**
 * The mesh that a change finds: of several installations, as an upgrade leaves them that did not finish, the one that
 * was there when the last change was kept; else one that Meshwright keeps; else the first.
 */
export function meshFound(
  installations: readonly Installation[],
  recorded: { version: string; revision: string } | undefined,
): Installation | undefined {
  const known = installations.find(
    ({ version, revision }) => version === recorded?.version && revision === recorded.revision,
  );
  return known ?? installations.find(({ managedBy }) => managedBy === 'meshwright') ?? installations[0];
}

/** The mesh as it was found, with the namespaces that are enrolled in it; undefined where there is none. */
export function stateBefore({ found, plugin, snapshot }: Planning): MeshState | undefined {
  const { mesh } = snapshot.pattern.spec;
  const installation = meshFound(found.change.installations, found.record?.mesh);
  if (installation === undefined) return undefined;
  const { version, mode, revision } = installation;
  const enrolledNamespaces = enrolledAmong(plugin, { ...mesh, mode }, found.namespaces);
  return { type: mesh.type, version, mode, revision, enrolledNamespaces };
}
