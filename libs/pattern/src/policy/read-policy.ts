import { diagnose, type YamlDocument } from '@meshwright/document';
import { type ApprovalPolicy, type Diagnostic, policyApiVersion } from '@meshwright/model';
import { type Format, readDocument } from '../read-document.ts';
import { approversOfChanges } from './checks.ts';
import { policySchema } from './schema.ts';

/** A policy file. */
export interface PolicyFile {
  /** Absent when there is an error among the diagnostics. */
  policy?: ApprovalPolicy;
  diagnostics: Diagnostic[];
}

/** Bytes of a policy file that are read. */
export const policyBytes = 256 * 1024;

const format: Format<ApprovalPolicy> = {
  kind: 'ApprovalPolicy',
  name: 'policy',
  schema: policySchema,
  empty: {
    message: 'the file has no policy; an empty file does not do away with the rules',
    suggestion: 'Write a policy, or delete the file.',
  },
  stranger: {
    code: 'not-a-policy',
    message: 'the approval policy is expected here',
    suggestion: `Name another file in repositories[].approvals, or write kind: ApprovalPolicy (${policyApiVersion}).`,
  },
};

/** Reads the one ApprovalPolicy document of a file of at most 256 KiB, and checks all of it. */
export function readPolicy(source: string | Uint8Array, path: string): PolicyFile {
  const { value, document, diagnostics } = readDocument(source, path, policyBytes, format);
  if (value === undefined || document === undefined) return { diagnostics };
  return { policy: value, diagnostics: [...diagnostics, ...tightQuorum(value, document)] };
}

/** Nobody approves of their own change: where all who may approve have to, none of them can propose one. */
function tightQuorum(policy: ApprovalPolicy, document: YamlDocument): Diagnostic[] {
  const able = approversOfChanges(policy);
  if (able === undefined || able.size > policy.changes.quorum) return [];
  return [
    diagnose(document, {
      code: 'tight-quorum',
      severity: 'warning',
      path: ['changes', 'quorum'],
      message:
        'is as many as may approve, and nobody approves of what they wrote: none of them can change this file',
      suggestion: 'Name one person more, or lower the quorum.',
    }),
  ];
}
