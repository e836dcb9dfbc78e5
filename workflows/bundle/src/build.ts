import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Run as a process of its own by `loadWorkflowBundle`: bundles the workflows into the file it is given. */
const [target, failures] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: build.ts <file to write> [encode-failures]');
const encodingConverter = fileURLToPath(import.meta.resolve('@meshwright/temporal/failure-converter'));
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(import.meta.resolve('./workflows.ts')),
  workflowInterceptorModules: [fileURLToPath(import.meta.resolve('@meshwright/workflow-kit/interceptors'))],
  ...(failures === 'encode-failures' ? { failureConverterPath: encodingConverter } : {}),
  logger: new DefaultLogger('WARN'),
});
const unfinished = `${target}.${process.pid}`;
await writeFile(unfinished, code);
await rename(unfinished, target);
