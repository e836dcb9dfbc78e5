import type { Pattern } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { readPattern } from './read-pattern.ts';
import type { patternSchema } from './schema.ts';

const file = 'patterns/a.yaml';
const minimal = `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata:
  name: checkout-mesh
spec:
  targets:
    - cluster: local
  mesh:
    type: istio
    version: 1.31.0
`;

function read(text: string) {
  return readPattern(text, file, 1_000_000);
}

describe('a valid pattern', () => {
  it('has the type of the model', () => {
    expectTypeOf<z.output<typeof patternSchema>>().toExtend<Pattern>();
  });

  it('gets its defaults', () => {
    expect(read(minimal).pattern).toEqual({
      apiVersion: 'meshwright.dev/v1alpha1',
      kind: 'Pattern',
      metadata: { name: 'checkout-mesh' },
      spec: {
        targets: [{ cluster: 'local', wave: 1 }],
        mesh: {
          type: 'istio',
          version: '1.31.0',
          mode: 'sidecar',
          upgrade: 'canary',
          components: [],
          values: {},
        },
        workloads: [],
        traffic: [],
        resources: [],
        change: { onFailure: 'rollback', conflicts: 'refuse', deleteBudget: 50, restartsAtOnce: 5 },
        approval: {
          required: false,
          approvers: [],
          quorum: 1,
          requiredGroups: [],
          betweenWaves: false,
          expiresAfterSeconds: 86_400,
        },
      },
    });
  });

  it('keeps the defaults of what is not said of a change', () => {
    expect(read(`${minimal}  change: { onFailure: stop, deleteBudget: 0 }\n`).pattern?.spec.change).toEqual({
      onFailure: 'stop',
      conflicts: 'refuse',
      deleteBudget: 0,
      restartsAtOnce: 5,
    });
  });

  it('names a service account as Kubernetes does', () => {
    const spec = read(`${minimal}  serviceAccount: { namespace: mesh, name: team.mesh-1 }\n`).pattern?.spec;
    expect(spec?.serviceAccount).toEqual({ namespace: 'mesh', name: 'team.mesh-1' });
  });

  it('may have waypoints in ambient mode', () => {
    const text = `${minimal}    mode: ambient\n  workloads: [{namespace: a, waypoint: true}, {namespace: b}]\n`;
    expect(read(text).pattern?.spec.workloads).toEqual([
      { namespace: 'a', enroll: true, waypoint: true, manifests: [] },
      { namespace: 'b', enroll: true, waypoint: false, manifests: [] },
    ]);
  });

  it('may have a performance gate, in the units of the model', () => {
    const gate = '{ p50: 2.5%, p99: 2ms, p99.9: 250us, cpu: 1s, errorRate: 0.5pp }';
    const text = `${minimal}  performance: { profile: performance/a.yaml, gate: ${gate} }\n`;
    expect(read(text).pattern?.spec.performance).toEqual({
      profile: 'performance/a.yaml',
      gate: {
        p50: { relative: 0.025 },
        p99: { absolute: 2 },
        'p99.9': { absolute: 0.25 },
        cpu: { absolute: 1_000 },
        errorRate: { absolute: 0.005 },
      },
      onRegression: 'rollback',
      onInconclusive: 'hold',
    });
  });

  it('keeps chart values untouched', () => {
    const values = '    values:\n      istiod: { pilot: { env: { A: "on" } }, list: [1, null, {x: 1.5}] }\n';
    expect(read(minimal + values).pattern?.spec.mesh.values).toEqual({
      istiod: { pilot: { env: { A: 'on' } }, list: [1, null, { x: 1.5 }] },
    });
  });

  it('gives the expiry in seconds', () => {
    const approval =
      '  approval: { required: true, approvers: [group:owners, user:a.b@c], quorum: 1, expiresAfter: 1h30m }\n';
    expect(read(minimal + approval).pattern?.spec.approval).toEqual({
      required: true,
      approvers: ['group:owners', 'user:a.b@c'],
      quorum: 1,
      requiredGroups: [],
      betweenWaves: false,
      expiresAfterSeconds: 5_400,
    });
  });

  it('says which groups have to be among those who approve, and who may after some time', () => {
    const approval =
      '  approval: { required: true, approvers: [group:owners], quorum: 2, requiredGroups: [security], ' +
      'betweenWaves: true, escalation: { after: 90m, to: [group:leads] } }\n';
    expect(read(minimal + approval).pattern?.spec.approval).toEqual({
      required: true,
      approvers: ['group:owners'],
      quorum: 2,
      requiredGroups: ['security'],
      betweenWaves: true,
      expiresAfterSeconds: 86_400,
      escalation: { afterSeconds: 5_400, to: ['group:leads'] },
    });
  });

  it('ends with an empty document at most', () => {
    expect(read(`---\n${minimal}---\n`).diagnostics).toEqual([]);
  });
});

describe('what is refused', () => {
  it.each([
    ['a typo', minimal.replace('  targets:', '  targts:'), 'unknown-field', 6, 'Did you mean "targets"?'],
    ['a version as a number', minimal.replace('1.31.0', '1.31'), 'wrong-type', 10, undefined],
    ['a version with a v', minimal.replace('1.31.0', 'v1.31.0'), 'inexact-version', 10, 'Write 1.31.0.'],
    ['a range', minimal.replace('1.31.0', '^1.30.2'), 'inexact-version', 10, 'Write 1.30.2.'],
    ['a short version', minimal.replace('1.31.0', '"1.31"'), 'inexact-version', 10, 'Write 1.31.0.'],
    ['no version', minimal.replace('1.31.0', 'latest'), 'inexact-version', 10, 'Write it like 1.31.0.'],
    ['a name with a capital', minimal.replace('checkout-mesh', 'Checkout'), 'invalid-value', 4, undefined],
    ['a homoglyph in a name', minimal.replace('istio', 'istiо'), 'invalid-value', 9, undefined],
    ['a name too long', minimal.replace('checkout-mesh', 'a'.repeat(64)), 'out-of-bounds', 4, undefined],
    ['another API version', minimal.replace('v1alpha1', 'v2'), 'unknown-value', 1, undefined],
    ['no targets', minimal.replace('\n    - cluster: local', ' []'), 'out-of-bounds', 6, undefined],
    [
      'a target twice',
      minimal.replace('    - cluster: local', '    - cluster: a\n    - cluster: a'),
      'duplicate-entry',
      8,
      'Keep one of the two.',
    ],
    [
      'a wave of zero',
      minimal.replace('cluster: local', '{cluster: local, wave: 0}'),
      'out-of-bounds',
      7,
      undefined,
    ],
    ['a mode mistyped', `${minimal}    mode: ambiant\n`, 'unknown-value', 11, 'Did you mean "ambient"?'],
    ['chart values not by chart', `${minimal}    values: {pilot: 3}\n`, 'wrong-type', 11, undefined],
    [
      'a workload twice',
      `${minimal}  workloads: [{namespace: a}, {namespace: a}]\n`,
      'duplicate-entry',
      11,
      'Keep one of the two.',
    ],
    [
      'a glob out of the repository',
      `${minimal}  traffic: [../x/*.yaml]\n`,
      'invalid-glob',
      11,
      "Write it relative to the repository's root.",
    ],
    [
      'an absolute glob',
      `${minimal}  resources: [/etc/*]\n`,
      'invalid-glob',
      11,
      "Write it relative to the repository's root, without the leading /.",
    ],
    [
      'a gate without a profile',
      `${minimal}  performance: {gate: {p99: 10%}}\n`,
      'missing-field',
      11,
      undefined,
    ],
    [
      'a profile outside the repository',
      `${minimal}  performance: {profile: ../x.yaml}\n`,
      'invalid-glob',
      11,
      "Write it relative to the repository's root.",
    ],
    [
      'profiles by a glob',
      `${minimal}  performance: {profile: "performance/*.yaml"}\n`,
      'invalid-glob',
      11,
      'Write the path of the file.',
    ],
    [
      'a gate of a metric that there is not',
      `${minimal}  performance: {profile: x.yaml, gate: {errorate: 1pp}}\n`,
      'unknown-metric',
      11,
      'Did you mean "errorRate"?',
    ],
    [
      'a limit as a number',
      `${minimal}  performance: {profile: x.yaml, gate: {p99: 0.1}}\n`,
      'wrong-type',
      11,
      undefined,
    ],
    [
      'a limit of errors as a share',
      `${minimal}  performance: {profile: x.yaml, gate: {errorRate: 10%}}\n`,
      'invalid-value',
      11,
      undefined,
    ],
    [
      'another answer to a regression',
      `${minimal}  performance: {profile: x.yaml, onRegression: rolback}\n`,
      'unknown-value',
      11,
      'Did you mean "rollback"?',
    ],
    [
      'an approver without a kind',
      `${minimal}  approval: {required: true, approvers: [bob]}\n`,
      'invalid-value',
      11,
      undefined,
    ],
    [
      'approvers without approval',
      `${minimal}  approval: {approvers: [user:bob]}\n`,
      'approval-without-effect',
      11,
      'Add `required: true`, or `required: false`.',
    ],
    [
      'a quorum nobody reaches',
      `${minimal}  approval: {required: true, approvers: [user:a], quorum: 2}\n`,
      'unreachable-quorum',
      11,
      'Lower the quorum, or name more users or a group.',
    ],
    [
      'waves that wait without approval',
      `${minimal}  approval: {betweenWaves: true}\n`,
      'approval-without-effect',
      11,
      'Add `required: true`, or `required: false`.',
    ],
    [
      'a required group with the prefix that approvers have',
      `${minimal}  approval: {required: true, requiredGroups: ['group:security']}\n`,
      'invalid-value',
      11,
      undefined,
    ],
    [
      'escalation where anybody may decide',
      `${minimal}  approval: {required: true, escalation: {after: 1h, to: [group:leads]}}\n`,
      'escalation-without-effect',
      11,
      'Remove it, or name approvers.',
    ],
    [
      'escalation after the gate has expired',
      `${minimal}  approval: {required: true, approvers: [group:a], expiresAfter: 1h, escalation: {after: 1h, to: [group:b]}}\n`,
      'escalation-without-effect',
      11,
      'Make it shorter than expiresAfter.',
    ],
    [
      'escalation to nobody',
      `${minimal}  approval: {required: true, approvers: [group:a], escalation: {after: 1h, to: []}}\n`,
      'out-of-bounds',
      11,
      undefined,
    ],
    [
      'a way to fail mistyped',
      `${minimal}  change: {onFailure: rolback}\n`,
      'unknown-value',
      11,
      'Did you mean "rollback"?',
    ],
    [
      'another answer to conflicts',
      `${minimal}  change: {conflicts: force}\n`,
      'unknown-value',
      11,
      undefined,
    ],
    [
      'a field of a change mistyped',
      `${minimal}  change: {deletebudget: 5}\n`,
      'unknown-field',
      11,
      'Did you mean "deleteBudget"?',
    ],
    [
      'a delete budget below zero',
      `${minimal}  change: {deleteBudget: -1}\n`,
      'out-of-bounds',
      11,
      undefined,
    ],
    ['half a restart', `${minimal}  change: {restartsAtOnce: 0.5}\n`, 'wrong-type', 11, undefined],
    ['no restarts at all', `${minimal}  change: {restartsAtOnce: 0}\n`, 'out-of-bounds', 11, undefined],
    ['a change without a value', `${minimal}  change:\n`, 'missing-value', 11, undefined],
    [
      'a service account without a namespace',
      `${minimal}  serviceAccount: {name: mesh}\n`,
      'missing-field',
      11,
      undefined,
    ],
    [
      'a service account that is another user',
      `${minimal}  serviceAccount: {namespace: a, name: "b:c"}\n`,
      'invalid-value',
      11,
      undefined,
    ],
    [
      'a waypoint without ambient mode',
      `${minimal}  workloads: [{namespace: a}, {namespace: b, waypoint: true}]\n`,
      'waypoint-without-effect',
      11,
      'Remove it, or write mode: ambient.',
    ],
    ['a negative duration', `${minimal}  approval: {expiresAfter: -1s}\n`, 'invalid-value', 11, undefined],
    [
      'a duration beyond numbers',
      `${minimal}  approval: {expiresAfter: 1e99h}\n`,
      'invalid-value',
      11,
      undefined,
    ],
    ['a duration too long', `${minimal}  approval: {expiresAfter: 31d}\n`, 'out-of-bounds', 11, undefined],
    ['a duration as a number', `${minimal}  approval: {expiresAfter: 24}\n`, 'wrong-type', 11, undefined],
    ['another kind', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', 'not-a-pattern', 2, undefined],
    ['two documents', `${minimal}---\n${minimal}`, 'several-documents', 12, 'Move it to a file of its own.'],
    ['an empty file', '# nothing\n', 'empty-file', undefined, 'Write a pattern, or delete the file.'],
    ['a list', '- a\n', 'wrong-type', 1, undefined],
    ['text', 'hello\n', 'wrong-type', 1, undefined],
  ])('%s', (_, text, code, line, suggestion) => {
    const { pattern, diagnostics } = read(text);
    expect(pattern).toBeUndefined();
    const found = diagnostics.find((diagnostic) => diagnostic.code === code);
    expect(found, JSON.stringify(diagnostics)).toMatchObject({ file, severity: 'error' });
    expect(found?.line).toBe(line);
    if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion);
  });

  it('everything at once, with the name as far as it can be told', () => {
    const { name, diagnostics } = read(
      minimal.replace('istio', 'Istio').replace('1.31.0', 'v1').replace('local', '""'),
    );
    expect(name).toBe('checkout-mesh');
    expect(diagnostics.map(({ line }) => line)).toEqual([7, 9, 10]);
  });
});

describe('for every input', () => {
  const word = fc.constantFrom(
    'apiVersion',
    'kind',
    'Pattern',
    'metadata',
    'name',
    'spec',
    'targets',
    'mesh',
    'approval',
    '1',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      word,
      fc.anything({ maxDepth: 1 }),
      fc.array(tie('tree')),
      fc.dictionary(word, tie('tree')),
    ),
  }));

  it('gives a pattern or diagnostics, and throws nothing', () => {
    const text = fc.oneof(
      fc.string(),
      tree.map((data) => JSON.stringify(data) as string | undefined).map((json) => json ?? ''),
      fc
        .tuple(fc.nat(minimal.length), fc.string({ maxLength: 5 }))
        .map(([at, noise]) => minimal.slice(0, at) + noise + minimal.slice(at)),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { pattern, diagnostics } = read(source);
        expect(pattern === undefined).toBe(diagnostics.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a pattern as it was written', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
    const pattern = fc.record({
      apiVersion: fc.constant('meshwright.dev/v1alpha1'),
      kind: fc.constant('Pattern'),
      metadata: fc.record({ name }),
      spec: fc.record({
        targets: fc.uniqueArray(fc.record({ cluster: name, wave: fc.integer({ min: 1, max: 100 }) }), {
          minLength: 1,
          selector: ({ cluster }) => cluster,
        }),
        mesh: fc.record({
          type: name,
          version: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.')),
          mode: fc.constant('ambient'),
          upgrade: fc.constantFrom('canary', 'in-place'),
          components: fc.uniqueArray(name),
          values: fc.dictionary(
            name,
            fc.dictionary(name, fc.oneof(fc.string(), fc.boolean(), fc.maxSafeInteger())),
          ),
        }),
        workloads: fc.uniqueArray(
          fc.record({
            namespace: name,
            enroll: fc.boolean(),
            waypoint: fc.boolean(),
            manifests: fc.array(name),
          }),
          { selector: ({ namespace }) => namespace },
        ),
        security: fc.record({ mtls: fc.constantFrom('strict', 'permissive', 'disabled') }),
        traffic: fc.array(name),
        resources: fc.array(name),
        change: fc.record({
          onFailure: fc.constantFrom('rollback', 'stop'),
          conflicts: fc.constantFrom('refuse', 'take'),
          deleteBudget: fc.nat(10_000),
          restartsAtOnce: fc.integer({ min: 1, max: 100 }),
        }),
        serviceAccount: fc.record({ namespace: name, name }),
      }),
    });
    fc.assert(
      fc.property(pattern, (written) => {
        const { pattern: found, diagnostics } = read(JSON.stringify(written, null, 2));
        expect(diagnostics).toEqual([]);
        const approval = {
          required: false,
          approvers: [],
          quorum: 1,
          requiredGroups: [],
          betweenWaves: false,
          expiresAfterSeconds: 86_400,
        };
        expect(JSON.parse(JSON.stringify(found))).toEqual(
          JSON.parse(JSON.stringify({ ...written, spec: { ...written.spec, approval } })),
        );
      }),
      { numRuns: 200 },
    );
  });
});
