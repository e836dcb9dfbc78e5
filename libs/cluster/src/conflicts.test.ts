import { describe, expect, it } from 'vitest';
import { FieldConflictError } from './conflict-error.ts';
import { releaseCommand, withValues } from './conflicts.ts';

const owner = 'somebody';

/** A live Deployment with what its other manager has, and the one that is wanted. */
function objects() {
  const fields = {
    'f:metadata': { 'f:labels': { 'f:istio.io/rev': {} } },
    'f:spec': {
      'f:replicas': {},
      'f:template': {
        'f:spec': {
          'f:containers': {
            'k:{"name":"main"}': {
              '.': {},
              'f:image': {},
              'f:env': { 'k:{"name":"API_TOKEN"}': { 'f:value': {} } },
            },
            'k:{"containerPort":80,"protocol":"TCP"}': { 'f:name': {} },
          },
        },
      },
    },
  };
  const object = (rev: string, containers: object[], replicas?: number) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', labels: { 'istio.io/rev': rev } },
    spec: { ...(replicas === undefined ? {} : { replicas }), template: { spec: { containers } } },
  });
  const main = (image: string, value: string) => ({
    name: 'main',
    image,
    env: [{ name: 'API_TOKEN', value }],
  });
  const live = object('old', [{ name: 'other' }, main('app:1', 'hunter-one')], 0);
  const managedFields = [{ manager: owner, operation: 'Update', apiVersion: 'apps/v1', fieldsV1: fields }];
  return {
    live: { ...live, metadata: { ...live.metadata, managedFields } },
    desired: object('new', [main('app:2', 'hunter-two')]),
  };
}

function valuesOf(field: string) {
  const { live, desired } = objects();
  return withValues({ field, owner }, live, desired).values;
}

describe('withValues', () => {
  it.each([
    ['.spec.replicas', { live: 0, desired: undefined }],
    ['.metadata.labels.istio.io/rev', { live: 'old', desired: 'new' }],
    ['.spec.template.spec.containers[name="main"].image', { live: 'app:1', desired: 'app:2' }],
  ])('finds %s in both objects, wherever its list element is', (field, values) => {
    expect(valuesOf(field)).toEqual(values);
  });

  it('shows no value that may be a secret', () => {
    const values = valuesOf('.spec.template.spec.containers[name="main"].env[name="API_TOKEN"].value');
    expect(values).toEqual({ live: '(redacted)', desired: '(redacted)' });
  });

  it.each(['.spec.paused', '.spec.template.spec.containers[name="gone"].image'])(
    'says nothing of %s, which the owner does not have any more',
    (field) => {
      expect(valuesOf(field)).toBeUndefined();
    },
  );
});

describe('releaseCommand', () => {
  const entry = (manager: string, more = {}) => ({ manager, operation: 'Update', fieldsV1: {}, ...more });
  const command = (managedFields: object[], name = 'web') => {
    const metadata = { name, namespace: 'shop', managedFields };
    return releaseCommand({ apiVersion: 'apps/v1', kind: 'Deployment', metadata }, new Set([owner]));
  };

  it('removes the entries of the owner, the last first, each only where it still is', () => {
    const status = entry(owner, { subresource: 'status' });
    expect(command([entry(owner), entry('meshwright'), entry(owner), status])).toBe(
      'kubectl patch deployment.apps/web --namespace=shop --type=json --patch=' +
        '\'[{"op":"test","path":"/metadata/managedFields/0/manager","value":"somebody"},' +
        '{"op":"test","path":"/metadata/managedFields/2/manager","value":"somebody"},' +
        '{"op":"remove","path":"/metadata/managedFields/2"},{"op":"remove","path":"/metadata/managedFields/0"}]\'',
    );
  });

  it('replaces them all where nobody else has any', () => {
    expect(command([entry(owner)])).toContain(
      '{"op":"replace","path":"/metadata/managedFields","value":[{}]}',
    );
  });

  it('is none where the owner has nothing any more', () => {
    expect(command([entry('meshwright')])).toBeUndefined();
  });

  it('leaves no name to the shell', () => {
    const managedFields = [entry("a'; reboot; '"), entry('meshwright')];
    const metadata = { name: "x'; reboot", managedFields };
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata };
    const text = releaseCommand(role, new Set(["a'; reboot; '"])) ?? '';
    expect(text).toContain(String.raw`'clusterrole.rbac.authorization.k8s.io/x'\''; reboot' --type`);
    expect(text).toContain(String.raw`"value":"a\u0027; reboot; \u0027"`);
  });
});

describe('FieldConflictError', () => {
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

  it('names object, field, both values and owner in a line of each, and every way out', () => {
    const values = { live: 0, desired: undefined };
    const fields = [
      { field: '.spec.replicas', owner: 'hpa', values },
      { field: '.spec.paused', owner: 'helm' },
    ];
    const error = new FieldConflictError('east', web, fields, 'kubectl patch x');
    expect(error.message).toBe(
      'Deployment shop/web has fields on the cluster "east" that belong to hpa, helm: .spec.replicas, .spec.paused',
    );
    expect(error.details.lines).toEqual([
      'Deployment shop/web .spec.replicas: live 0, desired (absent), owned by hpa',
      'Deployment shop/web .spec.paused: owned by helm',
    ]);
    expect(error.details.remedy).toContain('spec.change.conflicts: take');
    expect(error.details.remedy).toMatch(
      /Or end the ownership of hpa, helm in Deployment shop\/web: kubectl patch x$/,
    );
  });

  it('is bounded', () => {
    const fields = Array.from({ length: 1_000 }, (_, index) => ({ field: `.data.k${index}`, owner }));
    const { details, message } = new FieldConflictError('east', web, fields);
    expect(details.lines).toHaveLength(51);
    expect(details.lines?.at(-1)).toBe('… and 950 more');
    expect(message.length).toBeLessThan(200);
  });
});
