import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Run as a process of its own by `loadWorkflowBundle`: bundles the workflows into the file it is given. */
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: build.ts <file to write>');
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(import.meta.resolve('./workflows.ts')),
  logger: new DefaultLogger('WARN'),
});
const unfinished = `${target}.${process.pid}`;
await writeFile(unfinished, code);
await rename(unfinished, target);
