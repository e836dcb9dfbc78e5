import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processHost } from './host.ts';
import { createProgram } from './program.ts';
import { renderReference } from './reference.ts';
import { createSession } from './session.ts';

const page = fileURLToPath(new URL('../../../docs/reference/cli.md', import.meta.url));
const session = createSession(processHost(new AbortController().signal));

await mkdir(dirname(page), { recursive: true });
await writeFile(page, renderReference(await createProgram(session)));
