import { posix } from 'node:path';
import type { RepositoryTransport } from './types.ts';

/** What an address is, or why it cannot be used; the address itself is never repeated, for it may hold a secret. */
export type Checked<T> = { value: T; problem?: never } | { value?: never; problem: AddressProblem };

export interface AddressProblem {
  message: string;
  suggestion: string;
}

const forms = 'Write https://, ssh://, user@host:path, file:// or an absolute path.';
/** `user@host:path`, as ssh users write it; no part may look like an option. */
const scpLike = /^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^-\s]\S*$/;

/** How a repository's URL is reached, when it is one that may be used. */
export function checkRepositoryUrl(text: string): Checked<RepositoryTransport> {
  if (/[\u0000-\u0020\u007f]/.test(text)) return refused('has spaces or control characters', forms);
  if (text.startsWith('/')) return { value: 'file' };
  if (scpLike.test(text)) return { value: 'ssh' };
  if (/^[A-Za-z0-9+.-]+::/.test(text))
    return refused('names a remote helper, which could run any program', forms);
  const url = URL.parse(text);
  if (url === null) return refused('is no URL of a repository', forms);
  const { protocol, hostname, username, password, search, hash } = url;
  if (password !== '' || (username !== '' && protocol !== 'ssh:'))
    return refused('holds credentials', byReference);
  if (search !== '' || hash !== '') return refused('has a query or a fragment', 'Leave only host and path.');
  if (protocol === 'file:') {
    return hostname === '' ? { value: 'file' } : refused('names a host in a file URL', 'Write file:///path.');
  }
  if (!/^[A-Za-z0-9[]/.test(hostname) || username.startsWith('-')) return refused('has no host name', forms);
  if (protocol === 'https:') return { value: 'https' };
  if (protocol === 'ssh:') return { value: 'ssh' };
  if (protocol !== 'http:') return refused(`has the transport ${protocol}, which is not supported`, forms);
  return isLoopback(hostname) ? { value: 'http' } : refused('would be asked in plain text', 'Use https://.');
}

/** A web address without credentials: HTTPS, or plain HTTP where `plain` allows it or on this machine. */
export function checkWebUrl(text: string, options: { plain: boolean }): Checked<string> {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return refused('is no web address', 'Write https://….');
  if (url.username !== '' || url.password !== '') return refused('holds credentials', byReference);
  if (url.search !== '' || url.hash !== '')
    return refused('has a query or a fragment', 'Leave only host and path.');
  if (url.protocol === 'http:' && !options.plain && !isLoopback(url.hostname)) {
    return refused('would be asked in plain text', 'Use https://.');
  }
  return { value: text.replace(/\/+$/, '') };
}

/** An OCI registry's folder, `oci://host/path`. */
export function checkOciUrl(text: string): Checked<string> {
  const url = URL.parse(text);
  if (url?.protocol !== 'oci:' || url.hostname === '')
    return refused('is no OCI address', 'Write oci://host/path.');
  if (url.username !== '' || url.password !== '') return refused('holds credentials', byReference);
  if (url.search !== '' || url.hash !== '')
    return refused('has a query or a fragment', 'Leave only host and path.');
  return { value: text.replace(/\/+$/, '') };
}

const byReference =
  'Take them out of the address; where credentials are needed, name them by {env} or {file}.';

/** Whether a host name is this machine whatever the network says. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|\[?::1\]?|127(?:\.\d{1,3}){3})$/i.test(hostname);
}

/** Whether Git takes a name for a branch (git-check-ref-format(1)), and no program takes it for an option. */
export function isBranchName(name: string): boolean {
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name) || name.startsWith('-') || name === '@') return false;
  if (name.includes('..') || name.includes('@{') || name.endsWith('.')) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** A folder of a repository, normalized and without a trailing slash; undefined when it is not inside. */
export function parseRepositoryFolder(text: string): string | undefined {
  const folder = posix.normalize(text).replace(/\/+$/, '');
  if (text.startsWith('/') || /[\\\u0000-\u001f]/.test(text)) return undefined;
  const parts = folder.split('/');
  return parts.includes('..') || parts.some((part) => part.toLowerCase() === '.git') ? undefined : folder;
}

/** Whether a text is what a forge calls a repository: `acme/patterns`, on GitLab perhaps with groups in groups. */
export function isProject(text: string): boolean {
  return (
    text.length <= 500 &&
    /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){1,20}$/.test(text) &&
    !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text)
  );
}

/** What a forge calls the repository of a URL: its path; undefined where that cannot be. */
export function projectOf(url: string): string | undefined {
  const path = scpLike.test(url) ? url.slice(url.indexOf(':') + 1) : URL.parse(url)?.pathname;
  const project = path
    ?.replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return project !== undefined && isProject(project) ? project : undefined;
}

function refused(message: string, suggestion: string): { problem: AddressProblem } {
  return { problem: { message, suggestion } };
}
