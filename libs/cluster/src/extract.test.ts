import { type KubernetesObject } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractApplied } from './extract.ts';
import { isJsonObject, type JsonObject } from './json.ts';

const name = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a', namespace: 'ns' } };

function withManagers(object: KubernetesObject, ...entries: [string, object][]): KubernetesObject {
  const managedFields = entries.map(([manager, fieldsV1]) => ({ manager, operation: 'Apply', fieldsV1 }));
  return { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '7', managedFields } };
}

describe('extractApplied', () => {
  it('gives what our manager applied and nothing that the server or others added', () => {
    const live = withManagers(
      {
        ...name,
        apiVersion: 'v1',
        kind: 'Service',
        spec: {
          clusterIP: '10.0.0.1',
          selector: { app: 'web' },
          ports: [
            { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 },
            { name: 'theirs', port: 81, protocol: 'TCP', targetPort: 81 },
          ],
        },
        status: { loadBalancer: {} },
      },
      [
        'meshwright',
        {
          'f:spec': {
            'f:selector': {},
            'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
          },
        },
      ],
    );
    expect(extractApplied(live)).toEqual({
      ...name,
      apiVersion: 'v1',
      kind: 'Service',
      spec: { selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP', name: 'http' }] },
    });
  });

  it('leaves out our mark and the label of the set, and what then is empty', () => {
    const metadata = {
      ...name.metadata,
      labels: { 'applyset.kubernetes.io/part-of': 'set', app: 'web' },
      annotations: { 'meshwright.dev/applied': 'hash' },
      finalizers: ['ours', 'theirs'],
    };
    const live = withManagers({ ...name, metadata }, [
      'meshwright',
      {
        'f:metadata': {
          'f:labels': { 'f:applyset.kubernetes.io/part-of': {}, 'f:app': {} },
          'f:annotations': { '.': {}, 'f:meshwright.dev/applied': {} },
          'f:finalizers': { '.': {}, 'v:"ours"': {} },
        },
      },
    ]);
    expect(extractApplied(live)).toEqual({
      ...name,
      metadata: { ...name.metadata, labels: { app: 'web' }, finalizers: ['ours'] },
    });
  });

  it('keeps an empty value empty where another manager has what is in it', () => {
    const live = withManagers(
      { ...name, spec: { securityContext: { runAsUser: 1 } } },
      ['meshwright', { 'f:spec': { 'f:securityContext': {} } }],
      ['somebody', { 'f:spec': { 'f:securityContext': { 'f:runAsUser': {} } } }],
    );
    expect(extractApplied(live)).toEqual({ ...name, spec: { securityContext: {} } });
  });

  it('gives nothing of what we never applied, and nothing of a Secret', () => {
    expect(extractApplied(withManagers(name, ['somebody', { 'f:spec': {} }]))).toBeUndefined();
    const secret = { ...name, apiVersion: 'v1', kind: 'Secret', data: { a: 'aHVudGVyMg==' } };
    expect(extractApplied(withManagers(secret, ['meshwright', { 'f:data': { 'f:a': {} } }]))).toBeUndefined();
  });

  it('gives back whatever was applied, whatever others have beside it', () => {
    fc.assert(
      fc.property(content, content, (ours, theirs) => {
        const live = { ...(merged(theirs, ours) as JsonObject), ...name };
        const entries: [string, object][] = [
          ['somebody', fieldsOf(theirs)],
          ['meshwright', fieldsOf(ours)],
        ];
        expect(extractApplied(withManagers(live, ...entries))).toEqual({ ...ours, ...name });
      }),
    );
  });
});

/** Objects of fields, lists by name, lists and values that are applied as a whole; the same field is always the same. */
const content: fc.Arbitrary<JsonObject> = fc
  .letrec<{ object: JsonObject }>((tie) => ({
    object: fc.record(
      {
        text: fc.string(),
        number: fc.integer(),
        atomic: fc.array(fc.nat(3), { maxLength: 3 }),
        inner: fc.option(tie('object'), { maxDepth: 4, nil: undefined }),
        byName: fc.uniqueArray(
          fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: fc.nat(), 'a/b~"': fc.nat() }),
          { maxLength: 3, selector: (element) => element.name },
        ),
      },
      { requiredKeys: [] },
    ),
  }))
  .object.map((object) => JSON.parse(JSON.stringify({ spec: object })) as JsonObject);

/** FieldsV1 of an object, as the server makes them from such a schema. */
function fieldsOf(value: unknown): JsonObject {
  if (Array.isArray(value)) {
    const named = value.filter((element) => isJsonObject(element));
    return Object.fromEntries(
      named.map((element) => [
        `k:{"name":${JSON.stringify(element.name)}}`,
        { '.': {}, ...fieldsOf(element) },
      ]),
    );
  }
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [`f:${field}`, fieldsOf(inner)]));
}

/** What applying one value over another leaves. */
function merged(live: unknown, applied: unknown): unknown {
  if (isJsonObject(live) && isJsonObject(applied)) {
    const fields = Object.entries(applied).map(
      ([field, value]) => [field, merged(live[field], value)] as const,
    );
    return { ...live, ...Object.fromEntries(fields) };
  }
  const [theirs, ours] = [namedElements(live), namedElements(applied)];
  if (theirs === undefined || ours === undefined) return applied;
  const find = (name: unknown): unknown => theirs.find((element) => element.name === name);
  const others = theirs.filter(({ name }) => !ours.some((element) => element.name === name));
  return [...ours.map((element) => merged(find(element.name), element)), ...others];
}

/** The elements of a list by name; undefined for other values. */
function namedElements(value: unknown): JsonObject[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements = value.filter(isJsonObject);
  return elements.length === value.length ? elements : undefined;
}
