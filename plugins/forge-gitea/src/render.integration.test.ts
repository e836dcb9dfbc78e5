import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Notice } from '@meshwright/model';
import { hostileMarkup, hostileNotices, noticeOf, sampleNotices } from '@meshwright/plugin-testkit';
import { gitea } from './plugin.ts';
import { createRepository, openPullRequest, openWorld, type World } from './test-support/server.ts';

/** The first start on a machine builds Gitea. */
const BUILD_MS = 45 * 60_000;

let world: World;
let project: string;
beforeAll(async () => {
  world = await openWorld();
  project = await createRepository(world);
  // What `#1`, `!1` and `@bea` would refer to is there.
  await openPullRequest(world, project, world.bea);
}, BUILD_MS);
afterAll(() => world.stop());

/** Markdown as Gitea shows it in a comment. */
async function page(markdown: string): Promise<string> {
  const response = await fetch(`${world.server.url}/api/v1/markdown`, {
    method: 'POST',
    headers: { authorization: `token ${world.bea.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ Text: markdown, Mode: 'comment', Context: project }),
  });
  expect(response.status).toBe(200);
  return response.text();
}

function attributes(html: string, name: string): string[] {
  const elements = html.matchAll(new RegExp(`<[a-z][^>]*\\s${name}="([^"]*)"`, 'gi'));
  return [...elements].map(([, value]) => value ?? '');
}

/** Nothing of a page acts but the links that the engine itself has given the notice. */
function expectInert(html: string, { commit, links }: Pick<Notice, 'commit' | 'links'>): void {
  const own = [commit.url, ...links.map(({ url }) => url)].filter((url) => url?.startsWith('https://'));
  const foreign = attributes(html, 'href').filter((link) => !link.startsWith('#') && !own.includes(link));
  expect(foreign).toEqual([]);
  expect(attributes(html, 'src')).toEqual([]);
  expect(attributes(html, 'onerror')).toEqual([]);
  expect(attributes(html, 'class').filter((name) => /mention|ref-issue/.test(name))).toEqual([]);
  // The engine's own signs are shown as emoji too.
  expect(attributes(html, 'aria-label')).not.toContain('police car light');
  expect(html).not.toMatch(/<script/i);
}

async function expectInertNotice(notice: Notice): Promise<void> {
  expectInert(await page(gitea.render(notice)), notice);
}

describe('a comment, as Gitea shows it', () => {
  it('would show links, mentions and references that are written plainly', async () => {
    const html = await page('@bea #1 https://evil.example :rotating_light:');
    expect(() => expectInert(html, hostileNotices.empty)).toThrow();
    expect(attributes(html, 'aria-label')).toContain('police car light');
    expect(attributes(html, 'class')).toContain('ref-issue');
    expect(attributes(html, 'href')).toEqual(
      expect.arrayContaining(['https://evil.example', `${world.server.url}/bea`]),
    );
  });

  it('has no markup, link, mention or reference of a pattern in it', async () => {
    await expectInertNotice(hostileNotices.markup);
    await expectInertNotice(hostileNotices.characters);
    await expectInertNotice(noticeOf(`@bea #1 !1 ${project}#1 ${project}@${'a'.repeat(40)}`));
  });

  it.each(hostileMarkup.map((markup, place) => [markup, place] as const))(
    'has %s at the beginning of a text as text',
    async (_, place) => {
      await expectInertNotice(hostileNotices.beginnings[place]!);
    },
  );

  it('is one of a pull request, however much there is to say, and notifies nobody whom a pattern names', async () => {
    const { number } = await openPullRequest(world, project, world.ada);
    for (const notice of [hostileNotices.many, hostileNotices.long, noticeOf('@carl @acme/owners')]) {
      const markdown = gitea.render(notice);
      await world.connection.putComment(project, number, { marker: '<!-- meshwright:test -->', markdown });
    }
    const path = `/repos/${project}/issues/${number}/comments`;
    expect(await world.call<unknown[]>({ method: 'GET', path })).toHaveLength(1);
    const told = await world.call<unknown[]>({
      method: 'GET',
      path: '/notifications',
      token: world.carl.token,
    });
    expect(told).toEqual([]);
  });

  it.each(Object.entries(sampleNotices))('shows the sample "%s" with its title', async (_, notice) => {
    const html = await page(gitea.render(notice));
    expectInert(html, notice);
    expect(html).toMatch(/<h2[^>]*>/);
  });
});
