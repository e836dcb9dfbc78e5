import { randomBytes } from 'node:crypto';

import { MeshwrightError } from '@meshwright/model';

/** Somebody with an account of the test's Gitea. */
export interface GiteaUser {
  readonly id: number;
  readonly name: string;
  readonly password: string;
  /** May do everything that the user may. */
  readonly token: string;
}

const callSeconds = 30;

export interface GiteaCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with its leading slash. */
  readonly path: string;
  readonly body?: object;
  readonly authorization: string;
}

/**
 * Makes a user, and a token that may do everything that the user may.
 *
 * @throws MeshwrightError `INTERNAL` with what Gitea said when it refuses.
 */
export async function createUser(url: string, adminToken: string, name: string): Promise<GiteaUser> {
  const password = randomBytes(16).toString('hex');
  const created = await callGitea<{ id: number }>(url, {
    method: 'POST',
    path: '/admin/users',
    authorization: `token ${adminToken}`,
    body: { username: name, email: `${name}@gitea.invalid`, password, must_change_password: false },
  });
  const token = await callGitea<{ sha1: string }>(url, {
    method: 'POST',
    path: `/users/${encodeURIComponent(name)}/tokens`,
    // Tokens are made with a password, never with another token.
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
    body: { name: 'testbed', scopes: ['all'] },
  });
  return { id: created.id, name, password, token: token.sha1 };
}

/**
 * Asks Gitea's API for something, and gives its answer (undefined when it has no content).
 *
 * @throws MeshwrightError `INTERNAL` with what Gitea said when it refuses.
 */
export async function callGitea<Answer>(url: string, call: GiteaCall): Promise<Answer> {
  const { method, path, body, authorization } = call;
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(callSeconds * 1000),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new MeshwrightError(
      'INTERNAL',
      `Gitea answered ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`,
    );
  }
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}
