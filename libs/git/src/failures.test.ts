import { describe, expect, it } from 'vitest';
import { remoteFailure } from './failures.ts';

describe('what Git and SSH print', () => {
  it.each([
    ['fatal: remote error: upload-pack: not our ref 1111', 'COMMIT_MISSING'],
    ['error: Server does not allow request for unadvertised object 1111', 'COMMIT_MISSING'],
    ['Host key verification failed.\r\nfatal: Could not read from remote repository.', 'REPOSITORY_REFUSED'],
    ['@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@', 'REPOSITORY_REFUSED'],
    ['git@example.com: Permission denied (publickey).', 'REPOSITORY_REFUSED'],
    ["fatal: Authentication failed for 'https://example.com/x/'", 'REPOSITORY_REFUSED'],
    [
      "fatal: could not read Username for 'https://example.com': terminal prompts disabled",
      'REPOSITORY_REFUSED',
    ],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'REPOSITORY_REFUSED'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 301", 'REPOSITORY_REFUSED'],
    ["fatal: repository 'https://example.com/x/' not found", 'REPOSITORY_REFUSED'],
    ["fatal: '/srv/x' does not appear to be a git repository", 'REPOSITORY_REFUSED'],
    ["fatal: detected dubious ownership in repository at '/srv/x'", 'REPOSITORY_REFUSED'],
    ["fatal: unable to access 'https://x/': server certificate verification failed.", 'REPOSITORY_REFUSED'],
    [
      'error: object 1111: hasDotgit: contains .git\nfatal: fsck error in packed object',
      'REPOSITORY_REFUSED',
    ],
    ["fatal: transport 'ext' not allowed", 'REPOSITORY_REFUSED'],
    ['error: cannot run ssh: No such file or directory\nfatal: unable to fork', 'PREREQUISITE_MISSING'],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'REPOSITORY_UNREACHABLE'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 502", 'REPOSITORY_UNREACHABLE'],
    ['ssh: connect to host x port 22: Connection timed out', 'REPOSITORY_UNREACHABLE'],
    [
      'fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF',
      'REPOSITORY_UNREACHABLE',
    ],
    ['', 'REPOSITORY_UNREACHABLE'],
    ['something new', 'REPOSITORY_UNREACHABLE'],
  ])('%j is %s', (stderr, code) => {
    const failure = remoteFailure(stderr, 'patterns', []);
    expect(failure).toMatchObject({ code, message: expect.stringContaining('patterns') as string });
    expect(failure.details.remedy).toBeDefined();
  });

  it('is repeated shortened, on one line, without secrets and control characters', () => {
    const failure = remoteFailure(`remote: \u001b[31mtoken hunter2 ${'x'.repeat(9999)}\n`, 'patterns', [
      'hunter2',
    ]);
    const shown = JSON.stringify([failure.message, failure.details]);
    expect(shown).toContain('[redacted]');
    expect(shown).not.toMatch(/hunter2|u001b/);
    expect(shown.length).toBeLessThan(1000);
  });
});
