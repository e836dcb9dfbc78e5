import { join } from 'node:path';
import type { Config, RepositoryConfig } from '@meshwright/config';
import type { Workbench } from '@meshwright/git/test-support';
import type { Logger } from '@meshwright/telemetry';

/** The configuration of one repository, `patterns`, which is the bare one of a workbench. */
export function configOf(
  bench: Workbench,
  repository: Partial<RepositoryConfig> = {},
): Pick<Config, 'repositories' | 'targets' | 'evidence'> {
  return {
    repositories: [
      {
        name: 'patterns',
        url: bench.origin,
        transport: 'file',
        directory: 'patterns',
        intervalMs: 20,
        offerReverts: true,
        chats: [],
        approvals: 'approvals.yaml',
        ...repository,
      },
    ],
    targets: [{ kind: 'kubeconfig', name: 'local', kubeconfig: '/nowhere' }],
    evidence: { directory: join(bench.directory, 'state', 'evidence') },
  };
}

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log = (data: object, message: string): void => void lines.push(`${message} ${JSON.stringify(data)}`);
  const logger = { lines, debug: log, info: log, warn: log, error: log, child: () => logger };
  return logger;
}

/** A valid pattern for one cluster. */
export function patternYaml(name: string, cluster = 'local'): string {
  return `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata:
  name: ${name}
spec:
  targets:
    - cluster: ${cluster}
  mesh:
    type: istio
    version: 1.31.0
  approval:
    required: true
    approvers: [user:ada]
    quorum: 1
    expiresAfter: 24h
`;
}

/** A valid policy of Ada, Bob and whoever else. */
export function policyYaml(...others: string[]): string {
  const people = ['ada', 'bob', ...others].map(
    (name) => `  - { name: ${name}, accounts: { chat: U-${name} } }\n`,
  );
  return `apiVersion: meshwright.dev/v1alpha1
kind: ApprovalPolicy
people:
${people.join('')}changes:
  approvers: [user:ada, user:bob]
`;
}
