import { formatBytes } from '@meshwright/document';
import { isMeshwrightError, type SourceEntry, type SourceTree } from '@meshwright/model';
import type { PathProblem } from './tree-index.ts';

/** The bytes of a file, or why they are not read. */
export type FileReading = { bytes: Uint8Array; problem?: never } | { bytes?: never; problem: PathProblem };

/**
 * Reads a file of a tree if it is not larger than the limit. What the tree says of the one file is a problem of
 * that file; whatever else it throws (the tree itself is gone) is thrown on.
 */
export async function readFile(tree: SourceTree, entry: SourceEntry, limit: number): Promise<FileReading> {
  if (entry.size > limit) {
    const message = `the file has ${formatBytes(entry.size)}; at most ${formatBytes(limit)} are read`;
    return { problem: { code: 'file-too-large', message, suggestion: 'Split it into several files.' } };
  }
  try {
    return { bytes: await tree.read(entry.path, limit) };
  } catch (error) {
    if (!isMeshwrightError(error) || error.code !== 'INVALID_INPUT') throw error;
    const { remedy } = error.details;
    const problem = { code: 'unreadable-file', message: error.message };
    return { problem: remedy === undefined ? problem : { ...problem, suggestion: remedy } };
  }
}
