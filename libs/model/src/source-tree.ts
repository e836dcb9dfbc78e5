/** The files of a repository at one commit, or of a directory: read-only, nothing outside it reachable. */
export interface SourceTree {
  /** All entries, sorted by path. */
  list(): Promise<SourceEntry[]>;
  /**
   * The bytes of a file.
   * @throws MeshwrightError INVALID_INPUT when the path is not a file or is larger than `limit` bytes.
   */
  read(path: string, limit: number): Promise<Uint8Array>;
}

export interface SourceEntry {
  /** With `/`, relative to the root, without `.` or `..`. */
  path: string;
  kind: 'file' | 'symlink' | 'submodule';
  /** Bytes; of a symbolic link, of its target's text; 0 for a submodule. */
  size: number;
  /** Where a symbolic link points, as written. */
  target?: string;
}
