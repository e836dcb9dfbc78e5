import { handwrittenLimits, manifestLimits } from '@meshwright/document';

/** How much of a repository is read before it is refused. */
export interface LoadLimits {
  /** Pattern files in one repository. */
  patternFiles: number;
  /** Bytes of one pattern file. */
  patternBytes: number;
  /** Bytes of one file of a performance profile. */
  profileBytes: number;
  /** Bytes of one manifest file. */
  manifestBytes: number;
  /** Bytes of all manifest files of one pattern. */
  totalManifestBytes: number;
  /** Bytes of all manifest files of all patterns, each counted once. */
  treeManifestBytes: number;
  /** Kubernetes objects of one pattern. */
  objects: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: LoadLimits = {
  patternFiles: 2_000,
  patternBytes: handwrittenLimits.bytes,
  profileBytes: handwrittenLimits.bytes,
  manifestBytes: manifestLimits.bytes,
  totalManifestBytes: 64 * mebibyte,
  treeManifestBytes: 128 * mebibyte,
  objects: 5_000,
};
