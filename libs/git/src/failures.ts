import { type ErrorCode, MeshwrightError } from '@meshwright/model';

interface FailureRule {
  pattern: RegExp;
  code: ErrorCode;
  why: string;
  remedy: string;
}

/** What Git (with LC_ALL=C), curl and OpenSSH print, in the order in which it is looked for. */
const rules: FailureRule[] = [
  {
    pattern: /cannot run ssh/i,
    code: 'PREREQUISITE_MISSING',
    why: 'the program ssh cannot be started',
    remedy: 'Install the OpenSSH client and put it on the PATH.',
  },
  {
    pattern:
      /not our ref|unadvertised object|no such remote ref|couldn't find remote ref|remote did not send all/i,
    code: 'COMMIT_MISSING',
    why: 'the server does not have the commit (any more)',
    remedy: 'The branch was probably rewritten; its present commit is read next.',
  },
  {
    pattern: /host key verification failed|remote host identification has changed|no .* host key is known/i,
    code: 'REPOSITORY_REFUSED',
    why: "the server's SSH host key is not in the known-hosts file",
    remedy: "Compare the server's host key with a trusted source and put it into the known-hosts file.",
  },
  {
    pattern: /certificate|SSL: no alternative|ssl_error|tls.*alert/i,
    code: 'REPOSITORY_REFUSED',
    why: "the server's TLS certificate is not trusted",
    remedy:
      'Make the authority known to the system, or name its file in the environment variable GIT_SSL_CAINFO.',
  },
  {
    pattern:
      /authentication failed|could not read (?:username|password)|returned error: 40[13]|permission denied|access denied|load key .*(?:error|invalid|bad)/i,
    code: 'REPOSITORY_REFUSED',
    why: 'the server refused the credentials',
    remedy: 'Check that the credentials are current and may read this repository.',
  },
  {
    pattern: /returned error: 30\d|unable to update url base from redirection/i,
    code: 'REPOSITORY_REFUSED',
    why: 'the server redirects to another address, which is not followed with credentials',
    remedy: 'Configure the address that the server redirects to.',
  },
  {
    pattern: /dubious ownership/i,
    code: 'REPOSITORY_REFUSED',
    why: 'the repository on this machine belongs to another user',
    remedy: 'Give it to the user that Meshwright runs as, or serve it over HTTPS or SSH.',
  },
  {
    pattern:
      /returned error: 404|repository .*not found|not appear to be a git repository|does not exist|no such file or directory|not valid: is this a git repository|project you were looking for/i,
    code: 'REPOSITORY_REFUSED',
    why: 'there is no such repository, or it is hidden from these credentials',
    remedy: 'Check the URL and what the credentials may see.',
  },
  {
    pattern: /transport '.*' not allowed|protocol '.*' not (?:allowed|supported)|unsupported protocol/i,
    code: 'REPOSITORY_REFUSED',
    why: 'it asks for another protocol than its URL',
    remedy: 'Configure the address that the server redirects to.',
  },
  {
    pattern: /fsck error|error in object|unable to parse|invalid index-pack|index-pack (?:failed|died)/i,
    code: 'REPOSITORY_REFUSED',
    why: 'it sent objects that are malformed',
    remedy: 'Run `git fsck --strict` in the repository and mend what it names.',
  },
];

/** How much of what a server says is repeated. */
const shownCharacters = 300;

/** The error for a failed command that talked to a server; everything unknown may pass by itself. */
export function remoteFailure(
  stderr: string,
  repository: string,
  secrets: readonly string[],
): MeshwrightError {
  const said = summarize(stderr, secrets);
  const rule = rules.find(({ pattern }) => pattern.test(said.all));
  const about = { where: repository, ...(said.shown === '' ? {} : { lines: [said.shown] }) };
  if (rule === undefined) {
    const why = said.shown === '' ? 'the connection ended without a word' : said.shown;
    return new MeshwrightError(
      'REPOSITORY_UNREACHABLE',
      `Repository ${repository} cannot be reached: ${why}`,
      {
        ...about,
        remedy: 'Nothing has to be done if the server is back soon; it is tried again.',
      },
    );
  }
  const verb = rule.code === 'COMMIT_MISSING' ? 'cannot be fetched' : 'cannot be read';
  return new MeshwrightError(rule.code, `Repository ${repository} ${verb}: ${rule.why}.`, {
    ...about,
    remedy: rule.remedy,
  });
}

/** What servers (git-receive-pack, GitHub, GitLab, Gitea) say when they do not take a push. */
const refusedPush =
  /\[(?:remote )?rejected\]|hook declined|unpack(?:er)? (?:error|failed)|returned error: 40[13]|(?:read|pull)[- ]only|not allowed to (?:push|upload)|permission to .* denied|write access|protected branch/i;

/** The error for a push that failed: refused by the server, or anything that can befall every talk with it. */
export function pushFailure(stderr: string, repository: string, secrets: readonly string[]): MeshwrightError {
  const said = summarize(stderr, secrets);
  if (!refusedPush.test(said.all)) return remoteFailure(stderr, repository, secrets);
  return new MeshwrightError(
    'REPOSITORY_REFUSED',
    `Repository ${repository} does not take the push: ${said.shown}`,
    {
      where: repository,
      remedy: 'Allow these credentials to create branches, or do it by hand.',
    },
  );
}

/** The lines that matter, on one line, without control characters and secrets. */
function summarize(stderr: string, secrets: readonly string[]): { all: string; shown: string } {
  let text = stderr;
  for (const secret of secrets) text = text.replaceAll(secret, '[redacted]');
  const lines = text
    .split(/[\r\n]+/)

    .map((line) => line.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim())
    .filter(
      (line) =>
        line !== '' && !/^(?:warning|hint):|^remote: (?:Enumerating|Counting|Compressing|Total)/.test(line),
    );
  return { all: lines.join('\n'), shown: lines.join(' ').slice(0, shownCharacters) };
}
