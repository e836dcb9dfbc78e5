import { describe, expect, it } from 'vitest';
import {
  checkRepositoryUrl,
  isBranchName,
  isLoopback,
  isProject,
  parseRepositoryFolder,
  projectOf,
} from './addresses.ts';

describe('the URL of a repository', () => {
  it.each([
    ['https://git.example.com/a/b.git', 'https'],
    ['https://git.example.com:8443/a', 'https'],
    ['http://127.0.0.1:3000/a.git', 'http'],
    ['http://localhost/a', 'http'],
    ['ssh://git@git.example.com:2222/a.git', 'ssh'],
    ['git@git.example.com:a/b.git', 'ssh'],
    ['file:///srv/a', 'file'],
    ['/srv/a', 'file'],
  ])('%s is reached over %s', (url, transport) => {
    expect(checkRepositoryUrl(url)).toEqual({ value: transport });
  });

  it.each([
    'ext::sh -c id',
    'ext::id',
    'EXT::id',
    'fd::17',
    'git://example.com/a',
    'ftp://example.com/a',
    'javascript:alert(1)',
    'http://git.example.com/a',
    'https://user@git.example.com/a',
    'https://user:secret@git.example.com/a',
    'ssh://git:secret@git.example.com/a',
    'ssh://-oProxyCommand=id/a',
    'ssh://-oProxyCommand=id@host/a',
    '-oProxyCommand=id@host:a',
    'git@-host:a',
    'git@host:-a',
    '--upload-pack=id',
    'https://host/a?token=secret',
    'https://host/a#secret',
    'file://server/share',
    'a/b',
    './a',
    '',
    'https://host/a b',
    'https://host/a\n',
    'git@host:a\nb',
  ])('%j is refused without being repeated', (url) => {
    const { problem } = checkRepositoryUrl(url);
    expect(problem).toBeDefined();
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});

it.each(['main', 'release/1.x', 'feature-1', 'a@b', 'über'])('takes the branch %s', (name) => {
  expect(isBranchName(name)).toBe(true);
});

it.each([
  '',
  '-x',
  '../x',
  'a..b',
  'a b',
  'a\nb',
  'a~1',
  'a^',
  'a:b',
  'a?',
  'a*',
  'a[',
  'a\\b',
  '/a',
  'a/',
  'a//b',
  'a.lock',
  '.a',
  'a.',
  '@',
  'a@{1}',
])('refuses the branch %j', (name) => {
  expect(isBranchName(name)).toBe(false);
});

it('takes only this machine for this machine', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'].every(isLoopback)).toBe(true);
  expect(
    ['127.0.0.1.example.com', 'localhost.example.com', '0.0.0.0', '10.0.0.1', '::'].some(isLoopback),
  ).toBe(false);
});

it('keeps folders inside the repository', () => {
  expect(parseRepositoryFolder('./a//b/')).toBe('a/b');
  expect(parseRepositoryFolder('.')).toBe('.');
  for (const folder of ['/a', '..', 'a/../../b', '.git', 'a/.GIT', 'a\\b', 'a\0']) {
    expect(parseRepositoryFolder(folder), folder).toBeUndefined();
  }
});

it.each([
  ['https://git.example.com/acme/patterns.git', 'acme/patterns'],
  ['https://git.example.com/group/below/patterns/', 'group/below/patterns'],
  ['git@git.example.com:acme/patterns.git', 'acme/patterns'],
  ['ssh://git@git.example.com:2222/acme/patterns.git', 'acme/patterns'],
  ['/srv/patterns', undefined],
  ['https://git.example.com/patterns', undefined],
  ['https://git.example.com/a%20b/c', undefined],
])('the repository of %s is %s to its forge', (url, project) => {
  expect(projectOf(url)).toBe(project);
});

it.each(['a', 'a/../b', '../a', 'a/', '/a/b', 'a//b', 'a b/c', 'a/b?c'])('%j is no project', (text) => {
  expect(isProject(text)).toBe(false);
});
