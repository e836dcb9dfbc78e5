import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Lets the owner change a copy of files from Go's module cache, which is read-only, and others read it. */
export async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else await chmod(path, 0o644);
  }
}
