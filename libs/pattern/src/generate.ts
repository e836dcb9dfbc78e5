import { mkdir, writeFile } from 'node:fs/promises';
import { policyReference } from './policy/reference.ts';
import { profileReference } from './profile/reference.ts';
import { patternReference } from './reference.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, content] of Object.entries({
  ...patternReference(),
  ...profileReference(),
  ...policyReference(),
})) {
  await writeFile(new URL(name, folder), content);
}
