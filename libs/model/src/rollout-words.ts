import { type Account, Decision, localService, type TakenDecision } from './approval.ts';
import { shortCommit } from './ids.ts';
import { codeSpan, escapeMarkdown } from './markdown.ts';
import { clipped } from './plain.ts';
import type { RolloutInput, RolloutRequest } from './rollout.ts';

const decided: Readonly<Record<Decision, string>> = {
  [Decision.approve]: 'approved',
  [Decision.reject]: 'rejected',
  [Decision.hold]: 'held',
  [Decision.release]: 'released',
  [Decision.breakGlass]: 'opened without its quorum',
};

/** `approved by Ada`; not escaped. */
export function describeDecision({ decision, person }: Pick<TakenDecision, 'decision' | 'person'>): string {
  return `${decided[decision]} by ${person}`;
}

/** `slack U024BE7LH`, or that nobody has verified who it is; not escaped. */
export function describeAccount({ service, id }: Account): string {
  return service === localService ? 'stated, not verified' : `${service} ${id}`;
}

/** `rollback by ada, takes back 0123456789ab: the shop is slow`: what a person asked for; not escaped. */
export function describeRequest({ kind, identity, reason, holds }: RolloutRequest): string {
  const held = holds === undefined ? '' : `, takes back ${shortCommit(holds)}`;
  return `${kind} by ${identity}${held}${reason === undefined ? '' : `: ${reason}`}`;
}

/** What a rollout is started from, as Markdown: the file, the commit, and who asked for it. */
export function describeCommitted({
  path,
  commit,
  request,
}: Pick<RolloutInput, 'path' | 'commit' | 'request'>): string {
  const [subject, author] = [commit.subject, commit.author].map(shown);
  const from = `${codeSpan(path)} at ${codeSpan(commit.id)}: “${subject}” by ${author}`;
  return request === undefined ? from : `${from}; asked for: ${shown(describeRequest(request))}`;
}

/** The server bounds what a run is described by. */
function shown(text: string): string {
  return escapeMarkdown(clipped(text, 500));
}
