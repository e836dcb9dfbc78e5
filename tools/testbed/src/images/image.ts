/** A file of an image: from the host's file system, from text, or a symbolic link. */
export type ImageEntry = HostFile | TextFile | SymbolicLink | Directory;

/** A regular file copied from the host. */
export interface HostFile {
  readonly kind: 'file';
  /** Absolute path inside the image. */
  readonly path: string;
  /** Path on the host; symbolic links are followed. */
  readonly source: string;
  /** Permission bits; 0o755 where absent. */
  readonly mode?: number;
}

/** A small file given by its content. */
export interface TextFile {
  readonly kind: 'text';
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

/** A symbolic link. */
export interface SymbolicLink {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

/** An empty directory, for those whose mode matters; parents of files need no entry. */
export interface Directory {
  readonly kind: 'directory';
  readonly path: string;
  readonly mode?: number;
  /** Numeric owner, also used as the group; root where absent. */
  readonly owner?: number;
}

/** What `docker inspect` would show under Config. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  /** Numeric, because `runAsNonRoot` cannot judge a name. */
  readonly User?: string;
  readonly WorkingDir?: string;
}

/** An image to be written as an OCI archive. */
export interface ImageDefinition {
  /** Full reference with registry, path and tag: `meshwright.local/pause:1`. */
  readonly reference: string;
  /** Layers from the lowest to the highest. */
  readonly layers: readonly (readonly ImageEntry[])[];
  readonly config: ImageConfig;
}
