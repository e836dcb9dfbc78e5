import { Decision, type DeliveryAction } from '@meshwright/model';

/** Longest line that is read for a command. */
const longestLine = 2_000;
/** GitLab has an `/approve` of its own, so all commands are known behind `/meshwright` too. */
const form = /^\/(?:meshwright[ \t]+)?([a-z-]+)(?:[ \t]+(.*))?$/;
const digestForm = /^(?:sha256:)?([0-9a-f]{8,64})$/i;

/**
 * The command in a comment: the first line that is not empty, where it begins with one. Quotes and code do not. Undefined for
 * everything else, also for commands of other programs.
 */
export function parseCommand(comment: string): DeliveryAction | undefined {
  const line = comment.slice(0, longestLine).trimStart().split(/\r?\n/, 1)[0] ?? '';
  const [, command, rest] = form.exec(line.trimEnd()) ?? [];
  const words = (rest ?? '').trim();
  switch (command) {
    case 'approve':
      return decision(Decision.approve, words);
    case 'reject':
      return decision(Decision.reject, words);
    case 'hold':
      return { kind: 'decide', decision: Decision.hold, ...reasonOf(words) };
    case 'release':
      return { kind: 'decide', decision: Decision.release, ...reasonOf(words) };
    case 'why':
      return { kind: 'why' };
    case 'plan':
      return { kind: 'plan' };
    default:
      return undefined;
  }
}

/** The line that gives a command with what is decided on, wherever it is written. */
export function commandLine(command: Decision, subject: string): string {
  return `/meshwright ${command} ${subject.replace('sha256:', '').slice(0, 12)}`;
}

/** What follows a decision: the first digits of what is decided on, and then the reason. */
function decision(what: Decision, words: string): DeliveryAction {
  const [first = '', ...others] = words.split(/[ \t]+/);
  const [, digits] = digestForm.exec(first) ?? [];
  if (digits === undefined) return { kind: 'decide', decision: what, ...reasonOf(words) };
  const reason = reasonOf(others.join(' '));
  return { kind: 'decide', decision: what, subject: digits.toLowerCase(), ...reason };
}

function reasonOf(words: string): { reason?: string } {
  return words === '' ? {} : { reason: words };
}
