import { access, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { historiesDirectory, historyFile } from './histories.ts';
import { cases, type RecordedCase } from './recording/cases.ts';
import { startWorld } from './test-support/world.ts';

/** Records what is missing in `histories/`: what is there stays as it is, since released runs look like it. */
async function recordMissing(address: string): Promise<void> {
  await mkdir(historiesDirectory, { recursive: true });
  for (const recorded of cases) {
    const missing = await missingFiles(recorded);
    if (missing.length === 0) continue;
    const world = await startWorld(address, join(tmpdir(), 'meshwright-test-bundles'));
    try {
      const handle = await recorded.run(world);
      for (const name of missing) {
        const history = await exportHistory(recorded.files[name]?.(world, handle) ?? handle);
        await writeFile(historyFile(name), history);
        process.stdout.write(`recorded ${name}\n`);
      }
    } finally {
      await world.stop();
    }
  }
}

async function missingFiles({ files }: RecordedCase): Promise<string[]> {
  const missing: string[] = [];
  for (const name of Object.keys(files)) {
    const exists = await access(historyFile(name)).then(
      () => true,
      () => false,
    );
    if (!exists) missing.push(name);
  }
  return missing;
}

/** The history as JSON, without who and where it was recorded. */
async function exportHistory(handle: WorkflowHandle): Promise<string> {
  const history = JSON.parse(historyToJSON(await handle.fetchHistory())) as unknown;
  const anonymous = JSON.stringify(
    history,
    (key, value: unknown) => {
      if (key === 'identity' && typeof value === 'string') return 'recorder';
      return key === 'stackTrace' ? '' : value;
    },
    1,
  );
  return `${anonymous}\n`;
}

const address = process.env.MESHWRIGHT_TEST_TEMPORAL;
if (address === undefined)
  throw new Error('Set MESHWRIGHT_TEST_TEMPORAL to host:port of a Temporal dev server.');
await recordMissing(address);
