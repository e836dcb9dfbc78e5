import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { object, samplePlan } from '@meshwright/wording/test-support/plans';
import { redactPlan, redactSecret, renderManifests } from './manifests.ts';

it('prints each object as a document below its stage', () => {
  expect(renderManifests(samplePlan()).join('\n')).toMatchInlineSnapshot(`
    "# 1. Control plane (checkout-mesh on local)
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: istio
      namespace: istio-system
    data:
      mesh: |
        a: 1"
  `);
});

it('leaves the content of Secrets out, also where kubectl keeps a copy', () => {
  const secret = object('Secret', 'ca', {
    data: { key: 'c2VjcmV0' },
    stringData: { other: 'hunter2' },
    metadata: {
      name: 'ca',
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{"data":"c2VjcmV0"}',
        note: 'kept',
      },
    },
  });
  const text = JSON.stringify(redactSecret(secret));
  expect(text).not.toContain('c2VjcmV0');
  expect(text).not.toContain('hunter2');
  expect(text).toContain('kept');
});

it('prints strings with control characters so that they are harmless and read back the same', () => {
  const data = { banner: 'a\u001b[31m\u009b\u202eb\n', 'ke\u0007y': 'x' };
  const plan = samplePlan();
  plan.stages[0]!.objects = [object('ConfigMap', 'evil', { data })];
  const text = renderManifests(plan).join('\n');
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  const [document] = parseAllDocuments(text).slice(-1);
  expect((document as { toJS(): unknown }).toJS()).toMatchObject({ data });
});

it('begins each object with what it is, as people write it, whatever the order it was stored in', () => {
  const plan = samplePlan();
  plan.stages[0]!.objects = [{ data: {}, metadata: { name: 'a' }, kind: 'ConfigMap', apiVersion: 'v1' }];
  expect(renderManifests(plan).slice(2, 4)).toEqual(['apiVersion: v1', 'kind: ConfigMap']);
});

it('leaves the content of Secrets out of a plan as data too', () => {
  const plan = samplePlan();
  plan.stages[0]!.objects = [object('Secret', 'ca', { data: { key: 'c2VjcmV0' } })];
  expect(JSON.stringify(redactPlan(plan))).not.toContain('c2VjcmV0');
});
