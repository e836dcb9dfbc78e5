import { type KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { prepareObject } from './desired.ts';
import { isAsApplied } from './ownership.ts';

const manifest: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'ns', labels: { app: 'web' } },
  spec: {
    template: { spec: { containers: [{ name: 'main', image: 'i', ports: [{ containerPort: 80 }] }] } },
  },
};
const container = {
  '.': {},
  'f:name': {},
  'f:image': {},
  'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
};

function fields(main: object = container): object {
  return {
    'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:annotations': { 'f:meshwright.dev/applied': {} } },
    'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': main } } } },
  };
}

const desired = prepareObject(manifest, { namespaced: true });

function live(
  fieldsV1: object,
  object: KubernetesObject = desired.object,
  more: object = {},
): KubernetesObject {
  const managedFields = [
    { manager: 'controller', operation: 'Update', fieldsV1: { 'f:status': {} } },
    { manager: 'meshwright', operation: 'Apply', fieldsV1 },
  ];
  return { ...object, metadata: { ...object.metadata, managedFields, ...more } };
}

describe('isAsApplied', () => {
  it('is true when our manager has every field of the same content', () => {
    expect(isAsApplied(desired, live(fields()))).toBe(true);
  });

  it('is false when somebody took a field away', () => {
    const { 'f:image': taken, ...rest } = container;
    expect(taken).toEqual({});
    expect(isAsApplied(desired, live(fields(rest)))).toBe(false);
  });

  it('is false when an element of a list is not ours', () => {
    expect(
      isAsApplied(
        desired,
        live({ ...fields(), 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': {} } } } }),
      ),
    ).toBe(true);
    expect(
      isAsApplied(
        desired,
        live({
          ...fields(),
          'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"other"}': {} } } } },
        }),
      ),
    ).toBe(false);
  });

  it('is false when other content was applied last', () => {
    const other = prepareObject({ ...manifest, spec: {} }, { namespaced: true });
    expect(isAsApplied(desired, live(fields(), other.object))).toBe(false);
  });

  it('is false when the object is being deleted or we never applied it', () => {
    expect(isAsApplied(desired, live(fields(), desired.object, { deletionTimestamp: 'now' }))).toBe(false);
    expect(isAsApplied(desired, live(fields(), desired.object, { managedFields: [] }))).toBe(false);
  });

  it('compares a Secret by value and notices a key that is no longer wanted', () => {
    const secret = (data: Record<string, string>): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'ns' },
      data,
    });
    const wanted = prepareObject(secret({ a: 'MQ==' }), { namespaced: true });
    expect(isAsApplied(wanted, live({ 'f:data': { 'f:a': {} } }, secret({ a: 'MQ==', b: 'Mg==' })))).toBe(
      true,
    );
    expect(isAsApplied(wanted, live({ 'f:data': { 'f:a': {} } }, secret({ a: 'Mw==' })))).toBe(false);
    expect(
      isAsApplied(wanted, live({ 'f:data': { 'f:a': {}, 'f:b': {} } }, secret({ a: 'MQ==', b: 'Mg==' }))),
    ).toBe(false);
  });
});
