import { mkdir, writeFile } from 'node:fs/promises';
import { configReference } from './reference.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, content] of Object.entries(configReference())) {
  await writeFile(new URL(name, folder), content);
}
