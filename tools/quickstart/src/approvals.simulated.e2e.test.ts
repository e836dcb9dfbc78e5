import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allocatePorts, type GiteaServer, type GiteaUser, startGitea } from '@meshwright/testbed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { type FakeSlack, slackChannel, slackSecrets, startFakeSlack } from './test-support/fake-slack.ts';
import { patternFiles, settings } from './test-support/patterns-repository.ts';
import { rolloutOf, statusOf, untilEnded, untilRead } from './test-support/rollouts.ts';
import { editConfiguration, openScene, type Scene, until } from './test-support/scene.ts';

/**
 * A patterns repository on a real Gitea. Ada proposes, grace approves: on the pull request before its merge, and in Slack
 * for what was pushed without one. Slack itself cannot be had; its requests and signatures are as it documents them.
 */
const project = 'acme/patterns';
const webhookSecret = randomBytes(16).toString('hex');

interface Stage {
  scene: Scene;
  gitea: GiteaServer;
  slack: FakeSlack;
  gateway: string;
  users: Record<'acme' | 'ada' | 'grace' | 'mallory' | 'meshwright', GiteaUser>;
}

let stage: Stage | undefined;

function here(): Stage {
  if (stage === undefined) throw new Error('There is no stage.');
  return stage;
}

beforeAll(async () => {
  const gitea = await startGitea();
  const slack = await startFakeSlack();
  const scene = await openScene('control-plane', { purpose: 'approvals' });
  const { gateway: port } = await allocatePorts(['gateway']);
  const users = {
    acme: await gitea.createUser('acme'),
    ada: await gitea.createUser('ada'),
    grace: await gitea.createUser('grace'),
    mallory: await gitea.createUser('mallory'),
    meshwright: await gitea.createUser('meshwright'),
  };
  stage = { scene, gitea, slack, gateway: `http://127.0.0.1:${port}`, users };
  await createProject();
  await configure(port);
  scene.startStandIn();
  Object.assign(process.env, slackSecrets);
  await scene.startEngine();
  const commit = await push({ 'approvals.yaml': stringify(policy()) }, 'Say who decides', 'main');
  await untilRead(scene, commit).catch(async (error: unknown) => {
    const log = await readFile(scene.workspace.log, 'utf8');
    throw new Error(`The engine says: ${log.slice(-3_000)}`, { cause: error });
  });
});
afterAll(async () => {
  await stage?.scene.stop();
  await Promise.all([stage?.gitea.stop(), stage?.slack.stop()]);
});

async function createProject(): Promise<void> {
  const { gitea, gateway, users } = here();
  const { token } = users.acme;
  const body = { name: 'patterns', auto_init: true, default_branch: 'main' };
  await gitea.call({ method: 'POST', path: '/user/repos', token, body });
  for (const user of [users.ada, users.grace, users.meshwright]) {
    const path = `/repos/${project}/collaborators/${user.name}`;
    await gitea.call({ method: 'PUT', path, token, body: { permission: 'write' } });
  }
  const hook = {
    type: 'gitea',
    active: true,
    events: ['push', 'pull_request_only', 'pull_request_sync', 'pull_request_comment'],
    config: { url: `${gateway}/forges/gitea`, content_type: 'json', secret: webhookSecret },
  };
  await gitea.call({ method: 'POST', path: `/repos/${project}/hooks`, token, body: hook });
}

async function configure(port: number): Promise<void> {
  const { scene, gitea, slack, users } = here();
  const secret = async (name: string, value: string): Promise<string> => {
    const file = join(scene.workspace.directory, name);
    await writeFile(file, value, { mode: 0o600 });
    return file;
  };
  const token = { file: await secret('gitea-token', users.meshwright.token) };
  const hook = { file: await secret('webhook-secret', webhookSecret) };
  await editConfiguration(scene.workspace, (text) => {
    const document = parseDocument(text);
    document.set('repositories', [
      {
        name: 'patterns',
        url: `${gitea.url}/${project}.git`,
        branch: 'main',
        interval: '1s',
        credentials: { password: token },
        forge: 'gitea',
        chats: ['slack'],
      },
    ]);
    document.set('forges', [{ name: 'gitea', type: 'gitea', url: gitea.url, token, webhookSecret: hook }]);
    document.set('chats', [
      {
        name: 'slack',
        type: 'slack',
        url: slack.url,
        channel: slackChannel,
        token: { env: 'MESHWRIGHT_SLACK_TOKEN' },
        secret: { env: 'MESHWRIGHT_SLACK_SECRET' },
      },
    ]);
    document.set('gateway', { listen: `127.0.0.1:${port}` });
    return document.toString();
  });
}

function policy(): object {
  const { ada, grace } = here().users;
  return {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'ApprovalPolicy',
    people: [
      { name: 'ada', emails: ['ada@gitea.invalid'], accounts: { gitea: ada.id, slack: 'UADA' } },
      { name: 'grace', emails: ['grace@gitea.invalid'], accounts: { gitea: grace.id, slack: 'UGRACE' } },
    ],
    groups: { 'mesh-owners': ['ada', 'grace'] },
    changes: { approvers: ['group:mesh-owners'] },
  };
}

/** Commits files as ada, through Gitea's own API; gives the commit. */
async function push(
  files: Record<string, string>,
  message: string,
  branch: string,
  from?: string,
): Promise<string> {
  const { gitea, users } = here();
  const answer = await gitea.call<{ commit: { sha: string } }>({
    method: 'POST',
    path: `/repos/${project}/contents`,
    token: users.ada.token,
    body: {
      message,
      ...(from === undefined ? { branch } : { branch: from, new_branch: branch }),
      files: await Promise.all(Object.entries(files).map(([path, content]) => operationOn(path, content))),
    },
  });
  return answer.commit.sha;
}

/** Gitea wants to know which version of a file is replaced. */
async function operationOn(path: string, text: string): Promise<object> {
  const content = Buffer.from(text).toString('base64');
  const { gitea } = here();
  const there = await gitea
    .call<{ sha: string }>({ method: 'GET', path: `/repos/${project}/contents/${path}?ref=main` })
    .catch(() => undefined);
  if (there === undefined) return { operation: 'create', path, content };
  return { operation: 'update', path, content, sha: there.sha };
}

interface Comment {
  body: string;
  user: { login: string };
}

function comments(number: number): Promise<Comment[]> {
  return here().gitea.call<Comment[]>({ method: 'GET', path: `/repos/${project}/issues/${number}/comments` });
}

async function say(number: number, user: GiteaUser, body: string): Promise<void> {
  const path = `/repos/${project}/issues/${number}/comments`;
  await here().gitea.call({ method: 'POST', path, token: user.token, body: { body } });
}

/** Waits for an answer of the engine that holds a text. */
function untilAnswered(number: number, text: string): Promise<string> {
  return until(`an answer with "${text}"`, async () => {
    const answers = (await comments(number)).filter(({ user }) => user.login === 'meshwright');
    return answers.find(({ body }) => body.replaceAll('\\', '').includes(text))?.body;
  });
}

async function statusesOf(commit: string): Promise<{ context: string; status: string }[]> {
  return here().gitea.call({ method: 'GET', path: `/repos/${project}/commits/${commit}/statuses` });
}

function asking(name: string): Record<string, string> {
  const files = patternFiles(name, { approval: true });
  const path = `patterns/${name}.yaml`;
  const document = parseDocument(files[path] ?? '');
  document.setIn(['spec', 'approval'], { required: true, approvers: ['group:mesh-owners'] });
  return { ...files, [path]: document.toString() };
}

const pattern = 'team-mesh';

describe('a pull request on a real Gitea', () => {
  it('shows the plan, is approved by the right person alone, merges, rolls out and gets its status', async () => {
    const { gitea, scene, users } = here();
    const head = await push(asking(pattern), 'Install the mesh', 'install', 'main');
    const { number } = await gitea.call<{ number: number }>({
      method: 'POST',
      path: `/repos/${project}/pulls`,
      token: users.ada.token,
      body: { head: 'install', base: 'main', title: 'Install the mesh' },
    });
    const plan = await untilAnswered(number, '/approve ');
    const line = /\/approve [0-9a-f]{8,}/.exec(plan)?.[0] ?? '';
    expect(plan).toContain(pattern);
    expect((await statusesOf(head)).map(({ context }) => context)).toContain(`meshwright/${pattern}`);

    await say(number, users.mallory, line);
    await untilAnswered(number, 'belongs to nobody in the approval policy');
    await say(number, users.ada, line);
    await untilAnswered(number, 'ada is the author of the commit and cannot decide on it');
    await say(number, users.grace, '/approve 0123456789ab');
    await untilAnswered(number, '0123456789ab');
    await say(number, users.grace, line);
    await untilAnswered(number, 'grace');
    await until('the approval to be shown', async () => {
      const [first] = (await comments(number)).filter(({ user }) => user.login === 'meshwright');
      return first?.body.includes('approve') === true && first.body.includes('grace') ? true : undefined;
    });

    await gitea.call({
      method: 'POST',
      path: `/repos/${project}/pulls/${number}/merge`,
      token: users.ada.token,
      body: { Do: 'merge' },
    });
    const { merge_commit_sha: commit } = await gitea.call<{ merge_commit_sha: string }>({
      method: 'GET',
      path: `/repos/${project}/pulls/${number}`,
    });
    await untilRead(scene, commit);
    const { status } = await untilEnded(scene, { pattern, commit });
    expect(status).toMatchObject({
      phase: 'succeeded',
      decisions: [{ decision: 'approve', person: 'grace' }],
    });
    await until('the commit to have its status', async () => {
      const [newest] = (await statusesOf(commit)).filter(
        ({ context }) => context === `meshwright/${pattern}`,
      );
      return newest?.status === 'success' ? true : undefined;
    });
  });
});

describe('a push without a pull request', () => {
  it('is approved by a signed click in Slack, of the right person alone', async () => {
    const { scene, slack, gateway } = here();
    const manifest = { ...settings(), data: { colour: 'blue' } };
    const commit = await push({ [`apps/${pattern}/objects.yaml`]: stringify(manifest) }, 'Push it', 'main');
    await until('the rollout to ask', async () => {
      const { phase, failure } = await statusOf(rolloutOf(scene, { pattern, commit }));
      if (failure !== undefined) throw new Error(failure.message);
      return phase === 'awaiting-approval' ? true : undefined;
    });
    const value = await until('the buttons in Slack', async () => {
      const buttons = slack.buttons('Push it');
      return Promise.resolve(Object.entries(buttons).find(([action]) => action.includes('approve'))?.[1]);
    });
    const action = Object.keys(slack.buttons('Push it')).find((name) => name.includes('approve')) ?? '';
    expect(await slack.click(gateway, { user: 'UMALLORY', action, value })).toBe(200);
    await until('the stranger to be refused', async () => Promise.resolve(heard('belongs to nobody')));
    expect(await slack.click(gateway, { user: 'UADA', action, value })).toBe(200);
    await until('the author to be refused', async () => Promise.resolve(heard('cannot decide on it')));
    expect((await statusOf(rolloutOf(scene, { pattern, commit }))).phase).toBe('awaiting-approval');
    expect(await slack.click(gateway, { user: 'UGRACE', action, value })).toBe(200);
    const { status } = await untilEnded(scene, { pattern, commit });
    expect(status.decisions).toMatchObject([{ decision: 'approve', person: 'grace' }]);
    expect(status.phase).toBe('succeeded');
    await until('Slack to be told', async () => Promise.resolve(heard('succeeded')));
  });

  function heard(text: string): true | undefined {
    return here().slack.calls.some(({ body }) => JSON.stringify(body).toLowerCase().includes(text))
      ? true
      : undefined;
  }
});
