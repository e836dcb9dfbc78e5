import type { Diagnostic, PerformanceProfile, SourceTree } from '@meshwright/model';
import { defaultLimits, type LoadLimits } from '../limits.ts';
import { findSources, readSource } from '../sources.ts';
import { TreeIndex } from '../tree-index.ts';
import { readProfile, type ProfileReading } from './read-profile.ts';

/** What became of one file below the folder of the profiles. */
export interface ProfileFile {
  /** Relative to the repository's root. */
  path: string;
  /** Absent when there is an error among the diagnostics. */
  profile?: PerformanceProfile;
  diagnostics: Diagnostic[];
}

/**
 * Reads and checks every performance profile below a folder of a tree, `performance` by default, sorted by path: every YAML
 * file there must be one. An absent folder gives an empty list.
 * @throws whatever the tree throws when it cannot be read at all, as against a single file.
 */
export async function loadProfiles(
  tree: SourceTree,
  options: { directory?: string; limits?: Partial<LoadLimits> } = {},
): Promise<ProfileFile[]> {
  const limits = { ...defaultLimits, ...options.limits };
  const files: ProfileFile[] = [];
  for (const source of findSources(
    new TreeIndex(await tree.list()),
    options.directory ?? 'performance',
    limits,
  )) {
    const reading: ProfileReading = await readSource(tree, source, limits.profileBytes, readProfile);
    const { profile, diagnostics } = reading;
    files.push({ path: source.path, ...(profile === undefined ? {} : { profile }), diagnostics });
  }
  return files;
}
