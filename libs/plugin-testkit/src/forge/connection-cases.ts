import { strict as assert } from 'node:assert';
import { commentMarker } from '@meshwright/plugin-sdk';
import { hostileNotices, lookAlikeSecrets } from '../notices/hostile.ts';
import { sampleNotices } from '../notices/samples.ts';
import { commentFaults } from './rendered.ts';
import type { ForgeCase, ForgeSubject, ForgeTrial } from './subject.ts';
import { ada, commitOf, grace, mallory } from './world.ts';

const marker = commentMarker('rollout:checkout-mesh@3f8e1c0a92bd');
const status = {
  state: 'pending',
  context: 'meshwright/checkout-mesh',
  description: 'Waits for one more approval',
  url: 'https://temporal.example.com/run',
} as const;

/** What a forge plugin has to do with a forge that is well. */
export const connectionCases: readonly ForgeCase[] = [
  {
    id: 'check',
    title: 'says who the credential belongs to',
    async run({ connection, forge, subject }: ForgeTrial): Promise<void> {
      const said = await connection.check(forge.world.project);
      assert.ok(said.includes(forge.world.me.name), `it said ${said}`);
      for (const secret of subject.secrets) assert.ok(!said.includes(secret), 'it tells a secret');
    },
  },
  {
    id: 'status',
    title: 'shows each state of a commit, the later one in place of the earlier',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      for (const state of ['pending', 'error', 'failure', 'success'] as const) {
        await connection.setStatus(forge.world.project, commitOf(1), { ...status, state });
        // The same again, as an activity that is tried again does.
        await connection.setStatus(forge.world.project, commitOf(1), { ...status, state });
        const shown = forge.world.statuses.filter(({ commit }) => commit === commitOf(1));
        assert.equal(shown.length, 1, `there are ${shown.length} statuses`);
        const isSame = shown[0]?.state === state || (state === 'error' && shown[0]?.state === 'failure');
        assert.ok(isSame, `${state} is shown as ${String(shown[0]?.state)}`);
        assert.equal(shown[0]?.url, status.url);
      }
      await connection.setStatus(forge.world.project, commitOf(1), {
        ...status,
        context: 'meshwright/other',
      });
      assert.equal(forge.world.statuses.length, 2);
    },
  },
  {
    id: 'long-status',
    title: 'shortens what a forge would refuse to take',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      const description = `${'a long story '.repeat(2_000)}\u202e\n`;
      await connection.setStatus(forge.world.project, commitOf(2), { ...status, description });
      assert.equal(forge.world.statuses.length, 1);
      assert.ok((forge.world.statuses[0]?.description ?? '').startsWith('a long story'));
    },
  },
  {
    id: 'pull-request',
    title: 'reads a pull request in each of its states',
    async run({ connection, forge, settings }: ForgeTrial): Promise<void> {
      const { service } = settings;
      const open = await connection.pullRequest(forge.world.project, 1);
      assert.equal(open.title, forge.world.changes[0]?.title);
      assert.deepEqual([open.number, open.state, open.base, open.head], [1, 'open', 'main', commitOf(1)]);
      assert.deepEqual(
        [open.author.service, open.author.id, open.mergedBy],
        [service, String(ada.id), undefined],
      );
      assert.match(open.headRef, /^refs\/[\w/-]+$/);
      assert.ok(URL.canParse(open.url));
      const merged = await connection.pullRequest(forge.world.project, 302);
      assert.deepEqual([merged.state, merged.mergedBy?.id], ['merged', String(grace.id)]);
      assert.equal((await connection.pullRequest(forge.world.project, 303)).state, 'closed');
      await assert.rejects(connection.pullRequest(forge.world.project, 999), { code: 'SERVICE_REFUSED' });
    },
  },
  {
    id: 'open-pages',
    title: 'reads all pages of the open pull requests into a branch, each once',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      const open = await connection.openPullRequests(forge.world.project, 'main');
      assert.equal(open.length, 230);
      assert.equal(new Set(open.map(({ number }) => number)).size, 230);
      const release = await connection.openPullRequests(forge.world.project, 'release');
      assert.deepEqual(
        release.map(({ number }) => number),
        [301],
      );
      assert.deepEqual(await connection.openPullRequests(forge.world.project, 'none'), []);
    },
  },
  {
    id: 'brought-in',
    title: 'knows which pull request has brought a commit in, and who merged it',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      const found = await connection.pullRequestsOf(forge.world.project, commitOf(9_302));
      assert.deepEqual(
        found.map(({ number, mergedBy }) => [number, mergedBy?.id]),
        [[302, String(grace.id)]],
      );
      assert.deepEqual(await connection.pullRequestsOf(forge.world.project, commitOf(8_888)), []);
      // What is still open has brought nothing in.
      assert.deepEqual(await connection.pullRequestsOf(forge.world.project, commitOf(1)), []);
    },
  },
  {
    id: 'pushers',
    title: 'knows who has pushed a commit, or says nobody',
    async run({ connection, forge, subject }: ForgeTrial): Promise<void> {
      const pushers = await connection.pushersOf(forge.world.project, 'main', commitOf(9_400));
      assert.deepEqual(
        pushers.map(({ id }) => id),
        subject.tellsPushers ? [String(ada.id)] : [],
      );
      assert.deepEqual(await connection.pushersOf(forge.world.project, 'main', commitOf(8_888)), []);
    },
  },
  {
    id: 'sticky-comment',
    title: 'keeps one comment for a marker, however many others there are, and leaves those of others alone',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      const { project, comments, me } = forge.world;
      comments.push({ id: 6_666, number: 1, author: mallory, body: `${marker}\nmine, all mine` });
      const first = await connection.putComment(project, 1, { marker, markdown: 'first' });
      const again = await connection.putComment(project, 1, { marker, markdown: 'second' });
      assert.equal(again, first, 'it has written another one');
      await connection.putComment(project, 1, { marker, markdown: 'second' });
      const own = comments.filter(({ author }) => author.id === me.id);
      assert.equal(own.length, 1, `there are ${own.length} comments`);
      assert.ok(own[0]?.body.includes(marker) === true && own[0].body.includes('second'));
      assert.equal(comments.find(({ id }) => id === 6_666)?.body, `${marker}\nmine, all mine`);
      await connection.putComment(project, 1, { marker: commentMarker('another'), markdown: 'other' });
      assert.equal(comments.filter(({ author }) => author.id === me.id).length, 2);
    },
  },
  {
    id: 'reply',
    title: 'answers with a comment of its own',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      await connection.reply(forge.world.project, 2, 'because');
      await connection.reply(forge.world.project, 2, 'because');
      const said = forge.world.comments.filter(({ number }) => number === 2);
      assert.deepEqual(
        said.map(({ body }) => body),
        ['because', 'because'],
      );
    },
  },
  {
    id: 'offer',
    title: 'offers a pull request once',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      const { project, changes } = forge.world;
      const before = changes.length;
      const offer = { branch: 'meshwright/revert-1', base: 'main', title: 'Take it back', body: 'why' };
      const first = await connection.offerPullRequest(project, offer);
      const again = await connection.offerPullRequest(project, offer);
      assert.equal(again.number, first.number);
      assert.equal(changes.length, before + 1);
      assert.equal(first.state, 'open');
    },
  },
  {
    id: 'team',
    title: 'reads all pages of a team',
    async run({ connection, subject }: ForgeTrial): Promise<void> {
      const members = await connection.teamMembers(subject.team);
      assert.equal(members.length, 230);
      assert.equal(new Set(members.map(({ id }) => id)).size, 230);
      await assert.rejects(connection.teamMembers(`${subject.team}-of-nobody`), { code: 'SERVICE_REFUSED' });
    },
  },
  {
    id: 'names',
    title: 'asks for nothing by a name that leads elsewhere',
    async run({ connection, forge, subject }: ForgeTrial): Promise<void> {
      const names = [
        '',
        '..',
        'acme',
        'acme/..',
        '../../user',
        'acme/patterns?x=1',
        'acme/patterns#x',
        'acme/%2e%2e',
        'a\nb/c',
      ];
      for (const name of names) {
        await assert.rejects(async () => connection.pullRequest(name, 1), { code: 'INVALID_INPUT' }, name);
        await assert.rejects(async () => connection.setStatus(name, commitOf(1), status), {
          code: 'INVALID_INPUT',
        });
      }
      for (const commit of ['', 'main', '../..', `${commitOf(1)}/x`]) {
        await assert.rejects(async () => connection.setStatus(forge.world.project, commit, status), {
          code: 'INVALID_INPUT',
        });
      }
      for (const team of ['..', `${subject.team}/..`, '../user']) {
        await assert.rejects(async () => connection.teamMembers(team), { code: 'INVALID_INPUT' });
      }
      assert.deepEqual(
        forge.local.requests.map(({ path }) => path),
        [],
      );
    },
  },
  {
    id: 'commit-url',
    title: 'knows where people see a commit',
    run({ connection, forge, settings }: ForgeTrial): Promise<void> {
      const url = connection.commitUrl(forge.world.project, commitOf(1));
      assert.ok(url.startsWith(`${settings.url}/`) && url.endsWith(commitOf(1)) && URL.canParse(url), url);
      return Promise.resolve();
    },
  },
  {
    id: 'render',
    title: 'shows notices as comments that fit, in which foreign text mentions nobody and leads nowhere',
    run({ subject }: ForgeTrial): Promise<void> {
      for (const [name, notice] of [...Object.entries(sampleNotices), ...hostileOnes()]) {
        const comment = subject.plugin.render(structuredClone(notice));
        assert.deepEqual(commentFaults(comment, notice, subject.comments), [], name);
        for (const secret of lookAlikeSecrets) assert.ok(!comment.includes(secret), `${name} tells a secret`);
      }
      assertCommands(subject);
      return Promise.resolve();
    },
  },
];

function hostileOnes(): [string, (typeof hostileNotices)['markup']][] {
  const { beginnings, empty, ...others } = hostileNotices;
  const all = Object.entries(others);
  all.push(['empty', { ...empty, targets: [], links: [], progress: [] }]);
  return [
    ...all,
    ...beginnings.map((notice, place): (typeof all)[number] => [`beginnings ${place}`, notice]),
  ];
}

function assertCommands({ plugin, comments }: ForgeSubject): void {
  const comment = plugin.render(sampleNotices.waiting);
  const digits = sampleNotices.waiting.approval.subject.slice('sha256:'.length, 'sha256:'.length + 12);
  assert.ok(comment.includes(`\`${comments.commandPrefix}approve ${digits}\``), 'there is no line to copy');
}
