import { mkdir, writeFile } from 'node:fs/promises';
import { describeApi } from './http/openapi.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

await mkdir(folder, { recursive: true });
await writeFile(new URL('openapi.json', folder), await describeApi());
