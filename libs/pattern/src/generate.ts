import { mkdir, writeFile } from 'node:fs/promises';
import { profileReference } from './profile/reference.ts';
import { patternReference } from './reference.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, content] of Object.entries({ ...patternReference(), ...profileReference() })) {
  await writeFile(new URL(name, folder), content);
}
