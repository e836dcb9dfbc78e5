import { formatTime, shortCommit, type CommitInfo, type RepositoryStatus } from '@meshwright/model';
import { code, escapeMarkdown, table, workflowLink } from '@meshwright/workflow-kit';

const mostRows = 100;

/** What the Temporal UI shows of a repository watch, as Markdown. */
export function watchDetails(status: RepositoryStatus, namespace: string): string {
  const { repository, lastCommit, waitingFor, notes } = status;
  return [
    `**Repository ${escapeMarkdown(repository)}** at ${describeCommit(lastCommit)}`,
    `**Waits for** ${escapeMarkdown(waitingFor)}.`,
    patternTable(status, namespace),
    ...removedSection(status, namespace),
    ...(notes.length === 0 ? [] : ['### Notes', notes.map((text) => `- ${escapeMarkdown(text)}`).join('\n')]),
  ].join('\n\n');
}

function describeCommit(commit: CommitInfo | undefined): string {
  if (commit === undefined) return 'no commit yet';
  const { id, subject, author, committedAt } = commit;
  return `${code(shortCommit(id))} “${escapeMarkdown(subject)}” by ${escapeMarkdown(author)}, ${formatTime(committedAt)}`;
}

function patternTable({ patterns }: RepositoryStatus, namespace: string): string {
  if (patterns.length === 0) return 'No patterns have been found.';
  const rows = patterns
    .slice(0, mostRows)
    .map(({ path, pattern, rollout }) => [
      escapeMarkdown(pattern),
      code(path),
      rollout === undefined ? '' : workflowLink(namespace, rollout),
    ]);
  const more = patterns.length > mostRows ? `\n\n… and ${patterns.length - mostRows} more` : '';
  return `${table(['Pattern', 'File', 'Last rollout from a commit'], rows)}${more}`;
}

function removedSection({ removed }: RepositoryStatus, namespace: string): string[] {
  if (removed.length === 0) return [];
  const rows = removed.slice(-mostRows).map(({ path, pattern, rollout }) => {
    const uninstall = rollout === undefined ? '' : `: ${workflowLink(namespace, rollout)}`;
    return `- ${escapeMarkdown(pattern)} (${code(path)})${uninstall}`;
  });
  return [
    '### Removed from the repository',
    'Nothing is uninstalled without a confirmation.',
    rows.join('\n'),
  ];
}
