import type { EvidenceStore } from '@meshwright/evidence';
import type { PolicyReading, SourceTree } from '@meshwright/model';
import { loadPolicy } from '@meshwright/pattern';
import { boundDiagnostics } from './invalid-files.ts';

/** Reads the policy file of a commit, and stores what it says as evidence: one digest for the same rules, however they are put. */
export async function readPolicyFile(
  tree: SourceTree,
  path: string,
  evidence: EvidenceStore,
): Promise<PolicyReading> {
  const file = await loadPolicy(tree, path);
  if (file === undefined) return { path, diagnostics: [] };
  const diagnostics = boundDiagnostics(file.diagnostics);
  if (file.policy === undefined) return { path, diagnostics };
  return { path, policy: await evidence.putJson(file.policy), diagnostics };
}
