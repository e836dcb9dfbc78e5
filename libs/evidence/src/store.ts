import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type Digest, MeshwrightError, messageOf } from '@meshwright/model';
import { canonicalJson, digestOf } from './canonical.ts';

/** Immutable blobs, named by their content. */
export interface EvidenceStore {
  /** Stores bytes; storing the same bytes again changes nothing. */
  put(content: Uint8Array | string): Promise<Digest>;
  /** Stores a value as canonical JSON. */
  putJson(value: unknown): Promise<Digest>;
  /**
   * The bytes of a blob, checked against their digest.
   * @throws MeshwrightError EVIDENCE_MISSING, or EVIDENCE_UNAVAILABLE when the store cannot be read or the bytes are damaged.
   */
  get(digest: Digest): Promise<Uint8Array>;
  /** The value of a JSON blob; its type is what was put. */
  getJson<T>(digest: Digest): Promise<T>;
}

const digestForm = /^sha256:[0-9a-f]{64}$/;

/** A store in a directory: `<directory>/<first two digits>/<digest>`, readable by its owner alone. */
export function openEvidence(options: { directory: string }): EvidenceStore {
  const store: EvidenceStore = {
    async put(content) {
      const digest = digestOf(content);
      await writeOnce(pathOf(options.directory, digest), content);
      return digest;
    },
    async putJson(value) {
      return store.put(canonicalJson(value));
    },
    async get(digest) {
      return readChecked(options.directory, digest);
    },
    async getJson<T>(digest: Digest) {
      return JSON.parse(new TextDecoder().decode(await store.get(digest))) as T;
    },
  };
  return store;
}

function pathOf(directory: string, digest: Digest): string {
  if (!digestForm.test(digest)) throw new MeshwrightError('INVALID_INPUT', `"${digest}" is not a digest.`);
  const hex = digest.slice('sha256:'.length);
  return join(directory, hex.slice(0, 2), hex);
}

async function writeOnce(path: string, content: Uint8Array | string): Promise<void> {
  try {
    if (await exists(path)) return;
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomUUID()}`;
    try {
      await writeDurably(temporary, content);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw unavailable(path, error);
  }
}

async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readChecked(directory: string, digest: Digest): Promise<Uint8Array> {
  const path = pathOf(directory, digest);
  const content = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) {
      throw new MeshwrightError('EVIDENCE_MISSING', `There is no evidence ${digest} in ${directory}.`, {
        remedy:
          'Every worker and the command line must use the same evidence store; plan again if the blob was deleted.',
      });
    }
    throw unavailable(path, error);
  });
  if (digestOf(content) !== digest) {
    throw new MeshwrightError('EVIDENCE_UNAVAILABLE', `The evidence blob ${path} is damaged.`, {
      remedy: 'Delete the file; what it held is made again by planning again.',
    });
  }
  return content;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unavailable(path: string, cause: unknown): MeshwrightError {
  return new MeshwrightError(
    'EVIDENCE_UNAVAILABLE',
    `The evidence store failed at ${path}: ${messageOf(cause)}.`,
    {
      remedy: 'Check that the directory is writable and the disk is not full.',
    },
    { cause },
  );
}
