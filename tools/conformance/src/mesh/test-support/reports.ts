import type { SourceDigests } from '../digest.ts';
import type { MeshReport } from '../report.ts';
import { meshCases } from '../run.ts';
import type { MeshEntry } from '../subjects.ts';

export const sampleSources: SourceDigests = { plugin: 'sha256:1', suite: 'sha256:2' };

/** A report with nothing wrong, of {@link sampleSources}. */
export function sampleReport({ subject }: MeshEntry, changes: Partial<MeshReport> = {}): MeshReport {
  const { plugin, versions } = subject;
  return {
    version: 1,
    mesh: plugin.id,
    displayName: plugin.displayName,
    capabilities: plugin.capabilities,
    sources: sampleSources,
    versions,
    charts: [],
    cases: meshCases.map((each) => ({ ...each, outcome: 'passed' as const })),
    ...changes,
  };
}
