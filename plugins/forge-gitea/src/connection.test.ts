import { describe, expect, it } from 'vitest';
import type { ForgeConnection, HttpRequest, HttpResponse } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';

const token = 'a-token-that-nobody-may-see';

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A connection whose server answers as the test says, and what it was asked. */
function connected(answer: (path: string, request: HttpRequest) => Answer): {
  connection: ForgeConnection;
  asked: string[];
} {
  const asked: string[] = [];
  const send = (request: HttpRequest): Promise<HttpResponse> => {
    const path = request.url.replace('https://git.example/forge/api/v1', '');
    asked.push(`${request.method} ${path}`);
    const { status = 200, headers = {}, body = {} } = answer(path, request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve({ status, headers, body: text });
  };
  const settings = {
    service: 'forge',
    url: 'https://git.example/forge',
    credential: { kind: 'token', token: () => Promise.resolve(token) },
    webhookSecret: () => Promise.resolve('secret'),
  } as const;
  return { connection: connect(settings, { http: { send }, now: () => 0 }), asked };
}

/** A team of four members on pages of two, told about as the headers say. */
function team(headersOf: (page: number) => Record<string, string>, pages = 2): (path: string) => Answer {
  return (path) => {
    const page = Number(new URL(path, 'https://git.example').searchParams.get('page'));
    if (path.startsWith('/orgs/')) return { body: [{ id: 7, name: 'owners' }] };
    const body =
      page > pages ? [] : [0, 1].map((entry) => ({ id: page * 10 + entry, login: `user-${page}-${entry}` }));
    return { body, headers: headersOf(page) };
  };
}

describe('lists of Gitea', () => {
  it.each([
    [
      'links to what follows',
      (page: number): Record<string, string> =>
        page < 2 ? { link: '<https://x>; rel="next",<https://x>; rel="last"' } : { link: '<x>; rel="first"' },
    ],
    ['the number of entries', (): Record<string, string> => ({ 'x-total-count': '4' })],
    ['nothing at all', (): Record<string, string> => ({})],
  ])('are read to their end with %s', async (_, headers) => {
    const { connection } = connected(team(headers));
    const members = await connection.teamMembers('acme/Owners');
    expect(members.map(({ id }) => id)).toEqual(['10', '11', '20', '21']);
  });

  it('are read no further than they go', async () => {
    const { connection, asked } = connected(team(() => ({ 'x-total-count': '4' })));
    await connection.teamMembers('acme/owners');
    expect(asked.filter((one) => one.includes('/members'))).toHaveLength(2);
  });
});

describe('a refusal of Gitea', () => {
  it.each([
    [401, 'access token does not exist', 'token that is valid'],
    [403, 'token does not have at least one of required scope(s)', 'write:issue'],
    [403, 'user should have a permission to write to a repo', 'write to the repository'],
    [404, 'not found', 'may see it'],
    [423, 'repo is archived', 'archived'],
  ])('with status %i and "%s" says what to do', async (status, message, remedy) => {
    const { connection } = connected(() => ({ status, body: { message } }));
    await expect(connection.pullRequest('acme/patterns', 1)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: `Gitea answered GET /repos/acme/patterns/pulls/1 with ${status}: ${message}`,
      details: { remedy: expect.stringContaining(remedy) as string },
    });
  });

  it('that is a failure of its own is one that may pass', async () => {
    const { connection } = connected(() => ({ status: 502 }));
    await expect(connection.check('acme/patterns')).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  });

  it('has neither the token nor the page of a proxy in it', async () => {
    const { connection } = connected((_, request) => ({
      status: 503,
      body: `<html>${request.headers?.authorization ?? ''}</html>`,
    }));
    const refusal: unknown = await connection
      .pullRequest('acme/patterns', 1)
      .catch((error: unknown) => error);
    expect(String(refusal) + JSON.stringify(refusal)).not.toContain(token);
  });
});

describe('names that come from elsewhere', () => {
  it.each(['acme', 'acme/patterns/more', '/patterns', 'acme/', '../patterns', 'acme/..', 'acme/a?b#c'])(
    'refuses %j as a repository before anything is asked',
    async (project) => {
      const { connection, asked } = connected(() => ({}));
      await expect(connection.check(project)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(asked).toEqual([]);
    },
  );

  it.each(['main', 'abc', `${'a'.repeat(40)}/..`, 'A'.repeat(40)])(
    'refuses %j as a commit before anything is asked',
    async (commit) => {
      const { connection, asked } = connected(() => ({}));
      await expect(connection.pullRequestsOf('acme/patterns', commit)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      expect(() => connection.commitUrl('acme/patterns', commit)).toThrow('no id of a commit');
      expect(asked).toEqual([]);
    },
  );
});

describe('a credential that is an app', () => {
  it('is refused: Gitea knows tokens alone', async () => {
    const settings = {
      service: 'forge',
      url: 'https://git.example',
      credential: { kind: 'app', app: '1', privateKey: () => Promise.resolve('key') },
      webhookSecret: () => Promise.resolve('secret'),
    } as const;
    const send = (): never => {
      throw new Error('nothing is sent');
    };
    const connection = connect(settings, { http: { send }, now: () => 0 });
    await expect(connection.check('acme/patterns')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
