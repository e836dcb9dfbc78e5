import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { root } from './run.ts';

/** Imports that must be refused, each as if it stood in a file where it would do harm. */
const violations = [
  {
    file: 'libs/model/src/boundary-probe.ts',
    code: "export { openEvidence } from '@meshwright/evidence';\n",
  },
  {
    file: 'plugins/mesh-istio/src/boundary-probe.ts',
    code: "export { connectCluster } from '@meshwright/cluster';\n",
  },
  {
    file: 'workflows/mesh-change/src/boundary-probe.ts',
    code: "export { readFile } from 'node:fs/promises';\n",
  },
  {
    file: 'workflows/mesh-change/src/boundary-probe.ts',
    code: "export { createLogger } from '@meshwright/telemetry';\n",
  },
  { file: 'libs/pattern/src/boundary-probe.ts', code: "export { simpleGit } from 'simple-git';\n" },
  {
    file: 'workers/cluster-agent/src/boundary-probe.ts',
    code: "export { fakeContext } from '@meshwright/plugin-testkit';\n",
  },
  {
    file: 'workers/standalone/src/boundary-probe.ts',
    code: "export { startTestbed } from '@meshwright/testbed';\n",
  },
];

const boundaryRules = ['@nx/enforce-module-boundaries', 'no-restricted-imports'];

/**
 * Proves that the import rules are in force: each forbidden import must be an error where it does not belong.
 * Gives what was wrongly accepted; empty when all is well.
 */
export async function acceptedViolations(): Promise<string[]> {
  const accepted: string[] = [];
  for (const { file, code } of violations) {
    if (!(await isRefused(join(root, file), code))) accepted.push(`${file}: ${code.trim()}`);
  }
  return accepted;
}

async function isRefused(path: string, code: string): Promise<boolean> {
  // No such file is written, so there are no types to know of it.
  const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });
  const results = await eslint.lintText(code, { filePath: path });
  return results.some(({ messages }) =>
    messages.some(({ ruleId }) => ruleId !== null && boundaryRules.includes(ruleId)),
  );
}
