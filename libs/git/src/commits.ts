import type { CommitInfo } from '@meshwright/model';

/** The arguments that describe one commit, with its fields ended by NUL. */
export function describeArguments(commit: string): string[] {
  const format = ['%H', '%an', '%ae', '%ct', '%s'].join('%x00');
  return ['log', '-1', '--encoding=UTF-8', `--format=${format}`, '--end-of-options', commit];
}

const longestName = 200;
const longestSubject = 200;

/** What one commit says of itself: `CommitInfo` but for who has a part in what came with it. */
export type CommitDescription = Omit<CommitInfo, 'contributors'>;

/** Reads the answer. Names and subjects are what anyone may write: one line each, shortened. */
export function parseCommit(output: Buffer): CommitDescription {
  const [id = '', author = '', authorEmail = '', committedAt = '', subject = ''] = output
    .toString('utf8')
    .split('\0');
  return {
    id,
    author: printable(author, longestName),
    authorEmail: printable(authorEmail, longestName),
    subject: printable(subject, longestSubject),
    committedAt: Number(committedAt) * 1000,
  };
}

/** The arguments that list at most so many commits with who authored and committed them, newest first, fields ended by NUL. */
export function listPeopleArguments(range: string, most: number): string[] {
  const format = ['%H', '%an', '%ae', '%cn', '%ce', ''].join('%x00');
  return ['log', `-${most}`, '--encoding=UTF-8', `--format=${format}`, '--end-of-options', range];
}

/** A commit, with who authored and who committed it. */
export interface CommitPeople {
  id: string;
  people: CommitInfo['contributors'];
}

/** Reads the answer. */
export function parsePeople(output: Buffer): CommitPeople[] {
  const commits: CommitPeople[] = [];
  for (const line of output.toString('utf8').split('\n')) {
    const [id = '', author = '', authorEmail = '', committer = '', committerEmail = ''] = line.split('\0');
    if (id === '') continue;
    const people = [
      { name: author, email: authorEmail },
      { name: committer, email: committerEmail },
    ];
    commits.push({
      id,
      people: people.map(({ name, email }) => {
        return { name: printable(name, longestName), email: printable(email, longestName) };
      }),
    });
  }
  return commits;
}

/** Without control characters and those that turn the direction of text (Unicode TR 36). */
function printable(text: string, longest: number): string {
  const line = text.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
