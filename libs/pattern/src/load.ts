import type { Diagnostic, PatternSnapshot, SourceTree } from '@meshwright/model';

/** What became of one file below the patterns' folder. */
export interface PatternFile {
  /** Relative to the repository's root. */
  path: string;
  /** The pattern's name; absent when the file is too broken to tell. */
  pattern?: string;
  /** The pattern with everything it refers to; absent when there is an error among the diagnostics. */
  snapshot?: PatternSnapshot;
  diagnostics: Diagnostic[];
}

export interface LoadLimits {
  /** Pattern files in one repository. */
  patternFiles: number;
  /** Bytes of one pattern file. */
  patternBytes: number;
  /** Bytes of one manifest file. */
  manifestBytes: number;
  /** Bytes of all manifest files of one pattern. */
  totalManifestBytes: number;
  /** Kubernetes objects of one pattern. */
  objects: number;
}

export interface LoadOptions {
  /** The folder of the patterns, relative to the repository's root; `patterns` by default. */
  directory?: string;
  limits?: Partial<LoadLimits>;
  /** Ids of the mesh plugins; a pattern of another mesh is an error. */
  knownMeshes?: readonly string[];
  /** Names of the targets; a pattern of another target is an error. */
  knownTargets?: readonly string[];
  /** Further checks of the caller, such as a plugin's; what they return is added to the file's diagnostics. */
  checkPattern?: PatternCheck;
}

/** Finds what is wrong in a valid pattern; places are given as paths into the document, such as `['spec', 'mesh', 'version']`. */
export type PatternCheck = (snapshot: PatternSnapshot) => PatternProblem[] | Promise<PatternProblem[]>;

export interface PatternProblem {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  path: (string | number)[];
  suggestion?: string;
}

/**
 * Reads and checks every pattern of a tree, each with the manifests it refers to. What is wrong in one
 * file is said in that file's diagnostics and never hides the others.
 * @throws MeshwrightError INVALID_INPUT when the tree itself cannot be listed.
 */
export type LoadPatterns = (tree: SourceTree, options?: LoadOptions) => Promise<PatternFile[]>;
