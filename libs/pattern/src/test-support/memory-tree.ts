import { MeshwrightError, type SourceEntry, type SourceTree } from '@meshwright/model';

/** A file's content, or what else stands at a path. */
export type Content = string | Uint8Array | { link: string } | { submodule: true } | { size: number };

/** A source tree in memory that remembers which files were read. */
export interface MemoryTree extends SourceTree {
  readonly reads: string[];
}

export function memoryTree(files: Record<string, Content>): MemoryTree {
  const reads: string[] = [];
  return {
    reads,
    list() {
      return Promise.resolve(Object.entries(files).map(([path, content]) => entryOf(path, content)));
    },
    read(path, limit) {
      reads.push(path);
      const content = files[path];
      if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
        return Promise.reject(new MeshwrightError('INVALID_INPUT', `${path} is not a file`));
      }
      const bytes = Buffer.from(content);
      if (bytes.length <= limit) return Promise.resolve(bytes);
      return Promise.reject(new MeshwrightError('INVALID_INPUT', `${path} is too large`));
    },
  };
}

function entryOf(path: string, content: Content): SourceEntry {
  if (typeof content === 'string') return { path, kind: 'file', size: Buffer.byteLength(content) };
  if (content instanceof Uint8Array) return { path, kind: 'file', size: content.length };
  if ('submodule' in content) return { path, kind: 'submodule', size: 0 };
  if ('size' in content) return { path, kind: 'file', size: content.size };
  return { path, kind: 'symlink', size: content.link.length, target: content.link };
}
