import { expect, it } from 'vitest';
import { applyObjects } from './apply.ts';
import { waitUntilReady } from './readiness.ts';
import { deployment, eventually, namespaceObject, testClient, uniqueName } from './test-support/testbed.ts';

it('a workload whose image cannot be pulled fails after a while, not at the end of the time', async () => {
  const client = testClient();
  const namespace = uniqueName('images');
  const web = deployment(namespace, 'web', {
    annotations: { 'testbed.meshwright.dev/never-ready': 'true' },
  });
  await applyObjects(client, [namespaceObject(namespace), web]);
  const waiting = waitUntilReady(client, [web], { timeoutMs: 300_000, imagePatienceMs: 1_000 });
  const pod = await eventually(async () => {
    const [found] = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace });
    return found?.metadata.name;
  });
  const state = { waiting: { reason: 'ImagePullBackOff', message: 'there is no such image' } };
  const status = { containerStatuses: [{ name: 'main', image: 'x', imageID: '', ready: false, state }] };
  const answer = await client.transport.send({
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/status`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status: { ...status, restartCount: 0 } }),
  });
  expect(answer.status).toBe(200);
  const report = await waiting;
  expect(report).toMatchObject({ ready: false, objects: [{ state: 'failed' }] });
  expect(report.objects[0]?.message).toContain('there is no such image');
  expect(report.objects[0]?.remedy).toContain("Check the image's name and tag");
});
