import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { namespaces, readInventory, removeEverything } from './test-support/cluster.ts';
import { patternFiles } from './test-support/patterns-repository.ts';
import { rolloutOf, statusOf, untilEnded, untilPlanned, untilRead, why } from './test-support/rollouts.ts';
import { until } from './test-support/scene.ts';
import { useScene } from './test-support/use-scene.ts';

const here = useScene({
  profile: 'control-plane',
  prepare(scene) {
    scene.startStandIn();
    return scene.startEngine();
  },
});

afterEach(() => removeEverything(here()));

/** Puts objects into the cluster, which are gone when the test is. */
async function given(...objects: object[]): Promise<void> {
  const files = await here().write(objects.map((object) => stringify(object)).join('---\n'));
  await here().kubectl('apply', '--filename', files);
  onTestFinished(async () => {
    await here().kubectl('delete', '--ignore-not-found', '--filename', files);
  });
}

describe('a chart', () => {
  it.each([
    {
      what: 'that cannot be rendered',
      changes: { values: { istiod: { profile: 'no-such-profile' } } },
      code: 'CHART_RENDER_FAILED',
      cause: 'no-such-profile',
      remedy: 'Mend the values of chart "istiod"',
    },
    {
      what: 'whose version there is not',
      changes: { version: '1.31.99' },
      code: 'CHART_MISSING',
      cause: '1.31.99',
      remedy: 'Ask for version 1.31.0',
    },
  ])('$what ends the rollout before anything is made', async ({ changes, code, cause, remedy }) => {
    const committed = await here().patterns.commitPattern(changes);
    const { execution, status } = await untilEnded(here(), committed);
    expect(execution).toBe('FAILED');
    expect(status).toMatchObject({
      phase: 'failed',
      failure: { code },
      targets: [{ phase: 'failed', stages: [] }],
    });
    expect(status.failure?.message).toContain(cause);
    expect(status.failure?.remedy).toContain(remedy);
    expect(await why(here(), committed)).toContain(cause);
    expect(await readInventory(here(), committed.pattern)).toBeUndefined();
    expect(await namespaces(here())).not.toContain('istio-system');
  });
});

const admission = 'admissionregistration.k8s.io/v1';
const configMaps = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['configmaps'],
};
const forbidden = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'forbidden' } };

describe('admission', () => {
  const name = 'no-forbidden-configuration';

  /** A policy of the cluster that lets no ConfigMap of this name in. */
  async function givenPolicy(): Promise<void> {
    const validations = [{ expression: 'object.metadata.name != "forbidden"', message: 'it is forbidden' }];
    await given(
      {
        apiVersion: admission,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: { matchConstraints: { resourceRules: [configMaps] }, validations },
      },
      {
        apiVersion: admission,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: { policyName: name, validationActions: ['Deny'] },
      },
    );
    await until('the policy to be in force', () =>
      here()
        .kubectl('create', 'configmap', 'forbidden', '--dry-run=server')
        .then(
          () => undefined,
          () => true,
        ),
    );
  }

  it('that denies an object has the change taken back, and its stage and policy named', async () => {
    await givenPolicy();
    const committed = await here().patterns.commitPattern({ manifests: [forbidden] });
    const { execution, status } = await untilEnded(here(), committed);
    expect(execution).toBe('FAILED');
    expect(status).toMatchObject({
      phase: 'rolled-back',
      failure: { code: 'ADMISSION_DENIED', stage: 'workloads' },
    });
    expect(status.failure?.message).toContain(name);
    expect(status.failure?.remedy).toContain(name);
    expect((await readInventory(here(), committed.pattern))?.members).toEqual([]);
    const left = await namespaces(here());
    expect(left).not.toContain('istio-system');
    expect(left).not.toContain(committed.namespace);
  });

  it('that denies an object stops a change that is not to be taken back, and what exists can be removed as told', async () => {
    await givenPolicy();
    const committed = await here().patterns.commitPattern({ manifests: [forbidden], onFailure: 'stop' });
    await until('the change to stop', async () =>
      (await statusOf(rolloutOf(here(), committed))).phase === 'stopped' ? true : undefined,
    );
    await here().meshwright('cancel', committed.pattern, '--yes', '--reason', 'the policy is right');
    const { execution, status } = await untilEnded(here(), committed);
    expect(execution).toBe('FAILED');
    expect(status.failure).toMatchObject({ code: 'ADMISSION_DENIED', stage: 'workloads' });
    const inventory = await readInventory(here(), committed.pattern);
    const owned = status.targets[0]?.owned;
    expect(owned?.total).toBe(inventory?.members.length);
    expect(inventory?.members).toContain('Deployment istio-system/istiod-1-31-0');
    expect(inventory?.members).not.toContain(`ConfigMap ${committed.namespace}/forbidden`);
    await here().kubectl(...(owned?.removal.split(' ').slice(1) ?? []));
    expect((await readInventory(here(), committed.pattern))?.members).toEqual([]);
    expect(await namespaces(here())).not.toContain('istio-system');
  });

  it('whose webhook does not answer makes the rollout wait for it by name, and go on', async () => {
    const committed = await here().patterns.commitPattern({ approval: true });
    const approve = await untilPlanned(here(), committed);
    const webhook = {
      name: 'absent.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 1,
      clientConfig: { url: 'https://127.0.0.1:1/validate' },
      rules: [configMaps],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': committed.namespace } },
    };
    await given({
      apiVersion: admission,
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'absent' },
      webhooks: [webhook],
    });
    await approve();
    await until('it to be said what is waited for', async () =>
      (await why(here(), committed)).includes('absent.example.com') ? true : undefined,
    );
    await here().kubectl('delete', 'validatingwebhookconfiguration', 'absent');
    expect((await untilEnded(here(), committed)).status.phase).toBe('succeeded');
    expect((await readInventory(here(), committed.pattern))?.members).toContain(
      `ConfigMap ${committed.namespace}/settings`,
    );
  });
});

describe('a patterns repository', () => {
  it('with two patterns for one mesh of a cluster gets neither, and both say which is the other', async () => {
    const [one, two] = ['claims-one', 'claims-two'];
    const { patterns } = here();
    const commit = await patterns.commitFiles({ ...patternFiles(one, {}), ...patternFiles(two, {}) });
    for (const [name, other] of [
      [one, two],
      [two, one],
    ]) {
      const { execution, status } = await untilEnded(here(), { pattern: `patterns.${name}.yaml`, commit });
      expect(execution).toBe('FAILED');
      expect(status).toMatchObject({ phase: 'invalid', targets: [], failure: { code: 'INVALID_PATTERN' } });
      const lines = status.failure?.lines?.join('\n') ?? '';
      expect(lines).toMatch(new RegExp(`^patterns/${name}\\.yaml:\\d+:\\d+`));
      expect(lines).toContain(`istio on local is claimed by patterns/${other}.yaml:`);
    }
    expect(await namespaces(here())).not.toContain('istio-system');
  });

  it('with an invalid pattern gets a failed rollout that says file, line and column', async () => {
    const content = 'apiVersion: meshwright.dev/v1alpha1\nkind: Pattern\nmetadata:\n  nmae: broken\n';
    const commit = await here().patterns.commitFiles({ 'patterns/broken.yaml': content });
    const { execution, status } = await untilEnded(here(), { pattern: 'patterns.broken.yaml', commit });
    expect(execution).toBe('FAILED');
    expect(status).toMatchObject({ phase: 'invalid', failure: { code: 'INVALID_PATTERN' } });
    expect(status.failure?.lines?.join('\n')).toContain('patterns/broken.yaml:4:3');
  });

  it('that loses a pattern file, or is rewritten, uninstalls nothing and says so', async () => {
    const { patterns } = here();
    const committed = await patterns.commitPattern();
    expect((await untilEnded(here(), committed)).status.phase).toBe('succeeded');
    const before = await readInventory(here(), committed.pattern);

    const removal = await patterns.commitFiles({ [committed.path]: undefined });
    const read = await untilRead(here(), removal);
    const gone = { path: committed.path, pattern: committed.pattern };
    expect(read.removed).toContainEqual(expect.objectContaining(gone));
    expect(read.notes.join('\n')).toContain(`${committed.path} is gone; what it installed stays`);
    expect(await readInventory(here(), committed.pattern)).toEqual(before);

    const files = patternFiles(committed.pattern, { manifests: [forbidden] });
    const amended = { ...committed, commit: await patterns.commitFiles(files, '--amend') };
    expect((await untilRead(here(), amended.commit)).notes.join('\n')).toContain('the branch was rewritten');
    expect((await untilEnded(here(), amended)).status.phase).toBe('succeeded');
    const after = await readInventory(here(), committed.pattern);
    expect(after?.members).toContain(`ConfigMap ${committed.namespace}/forbidden`);
    expect(after?.members).not.toContain(`ConfigMap ${committed.namespace}/settings`);
  });
});
