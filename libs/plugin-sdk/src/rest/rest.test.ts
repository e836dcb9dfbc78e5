import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpRequest, HttpResponse } from '../http.ts';
import { commitId, nameParts } from './names.ts';
import { openRest, type RestApi, type RestOptions } from './rest.ts';

const secret = `ghp_${'a1B2'.repeat(9)}`;
const item = z.object({ id: z.int() });

function answer(status: number, body: unknown = {}, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function api(
  answers: (request: HttpRequest, count: number) => HttpResponse,
  more: Partial<RestOptions> = {},
): { rest: RestApi; sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const rest = openRest({
    service: 'Forge',
    base: 'https://forge.example/api',
    http: {
      send: async (request) => {
        sent.push(request);
        return Promise.resolve(answers(request, sent.length));
      },
    },
    headers: async () => Promise.resolve({ authorization: `Bearer ${secret}` }),
    pageQuery: (page) => `page=${page}`,
    remedyFor: (status) => (status === 404 ? 'Check the name.' : undefined),
    ...more,
  });
  return { rest, sent };
}

describe('a request', () => {
  it('carries who asks, and its body as JSON', async () => {
    const { rest, sent } = api(() => answer(201, { id: 7 }));
    expect(await rest.send({ method: 'POST', path: '/x', body: { a: 1 } }, item)).toEqual({ id: 7 });
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'https://forge.example/api/x',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          authorization: `Bearer ${secret}`,
        },
        body: '{"a":1}',
      },
    ]);
  });

  it.each([
    [400, 'SERVICE_REFUSED', 'What it says tells what to change.'],
    [401, 'SERVICE_REFUSED', 'What it says tells what to change.'],
    [403, 'SERVICE_REFUSED', 'What it says tells what to change.'],
    [404, 'SERVICE_REFUSED', 'Check the name.'],
    [301, 'SERVICE_REFUSED', 'It has moved: use its new name in the configuration.'],
    [429, 'SERVICE_UNREACHABLE', expect.stringContaining('fewer requests') as string],
    [500, 'SERVICE_UNREACHABLE', expect.stringContaining('not well') as string],
    [503, 'SERVICE_UNREACHABLE', expect.stringContaining('not well') as string],
  ])('that is answered with %i throws %s with what to do', async (status, code, remedy) => {
    const said = `no ${secret}\u202e\n`;
    const { rest } = api(() => answer(status, { message: said }));
    const failure = rest.get('/x', item);
    await expect(failure).rejects.toMatchObject({
      code,
      message: `Forge answered GET /x with ${status}: no (redacted)\ufffd\ufffd`,
      details: { remedy, where: 'Forge' },
    });
  });

  it('that meets a rate limit may be made again, also where the limit is told with 403', async () => {
    const limited = [
      answer(403, {}, { 'retry-after': '60' }),
      answer(403, {}, { 'x-ratelimit-remaining': '0' }),
      answer(403, { message: 'You have exceeded a secondary rate limit.' }),
    ];
    for (const one of limited) {
      await expect(api(() => one).rest.get('/x', item)).rejects.toMatchObject({
        code: 'SERVICE_UNREACHABLE',
      });
    }
  });

  it('of somebody who is no longer known is made once more with a new identity', async () => {
    let renewed = 0;
    const renew = (): boolean => (renewed += 1) > 0;
    const { rest, sent } = api((_request, count) => (count === 1 ? answer(401) : answer(200, { id: 1 })), {
      renew,
    });
    expect(await rest.get('/x', item)).toEqual({ id: 1 });
    const always = api(() => answer(401), { renew });
    await expect(always.rest.get('/x', item)).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    expect([sent.length, always.sent.length]).toEqual([2, 2]);
  });

  it.each(['<html>', '', '[]', '{"id":"7"}', 'null', '['.repeat(100_000)])(
    'whose answer is %.10s is refused as another service’s',
    async (body) => {
      await expect(api(() => answer(200, body)).rest.get('/x', item)).rejects.toMatchObject({
        code: 'SERVICE_REFUSED',
        details: { remedy: expect.stringContaining('url of the forge') as string },
      });
    },
  );

  it('for what may not be there gives nothing', async () => {
    const { rest } = api((_request, count) => answer(count === 1 ? 404 : 422));
    expect(await rest.find('/x', item)).toBeUndefined();
    expect(await rest.find('/x', item, [422])).toBeUndefined();
    await expect(rest.find('/x', item)).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  });
});

describe('a list', () => {
  async function all(rest: RestApi, path = '/list'): Promise<number[]> {
    const ids: number[] = [];
    for await (const page of rest.pages(path, item)) ids.push(...page.map(({ id }) => id));
    return ids;
  }
  const two = [{ id: 1 }, { id: 2 }];

  it('goes on while there is a link to what follows', async () => {
    const { rest, sent } = api((_request, count) =>
      answer(200, two, {
        link: count < 3 ? '<https://elsewhere.example/?page=9>; rel="next"' : '<x>; rel="prev"',
      }),
    );
    expect(await all(rest, '/list?a=b')).toHaveLength(6);
    expect(sent.map(({ url }) => url)).toEqual(
      [1, 2, 3].map((page) => `https://forge.example/api/list?a=b&page=${page}`),
    );
  });

  it('ends with its number of entries, a short page, or an empty one', async () => {
    expect(await all(api(() => answer(200, two, { 'x-total': '4' })).rest)).toHaveLength(4);
    expect(await all(api(() => answer(200, two), { pageSize: 3 }).rest)).toHaveLength(2);
    expect(await all(api((_request, count) => answer(200, count < 4 ? two : [])).rest)).toHaveLength(6);
  });

  it('that never ends is left', async () => {
    const { rest, sent } = api(() => answer(200, two));
    expect(await all(rest)).toHaveLength(2_000);
    expect(sent).toHaveLength(1_000);
  });
});

describe('names', () => {
  const repository = { what: 'repository', example: 'acme/patterns' };

  it('are taken apart', () => {
    expect(nameParts('acme/patterns.v2', repository)).toEqual(['acme', 'patterns.v2']);
    expect(nameParts('a/b/c', { ...repository, most: 9 })).toEqual(['a', 'b', 'c']);
  });

  it.each([
    '',
    'acme',
    'acme/',
    '/acme',
    'acme/..',
    '../acme',
    'a/b/c',
    'acme/pat terns',
    'acme/p?x=1',
    'acme/p#x',
    'a/%2e%2e',
  ])('that lead elsewhere are refused: %s', (name) => {
    expect(() => nameParts(name, repository)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('of commits are whole', () => {
    expect(commitId('a'.repeat(40))).toBe('a'.repeat(40));
    for (const commit of ['', 'main', 'a'.repeat(39), `${'a'.repeat(40)}/..`, 'A'.repeat(40)]) {
      expect(() => commitId(commit)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    }
  });
});
