import { describe, expect, it } from 'vitest';
import { refusalError } from './api-errors.ts';

const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns', name: 'a' };
const asked = { cluster: 'east', verb: 'patch', object, resource: { group: '', plural: 'configmaps' } };

function refuse(code: number, status: object, about: object = object) {
  return refusalError(
    { ...asked, object: about as typeof object },
    code,
    JSON.stringify({ kind: 'Status', ...status }),
  );
}

describe('refusalError', () => {
  it('names the webhook that denied an object, and its reason', () => {
    const error = refuse(403, {
      reason: 'Forbidden',
      message: 'admission webhook "v.istio.io" denied the request: no gateway',
    });
    expect(error.code).toBe('ADMISSION_DENIED');
    expect(error.message).toContain('v.istio.io');
    expect(error.message).toContain('no gateway');
  });

  it('knows a webhook that gives no reason', () => {
    const error = refuse(400, { message: 'admission webhook "w" denied the request without explanation' });
    expect(error).toMatchObject({
      code: 'ADMISSION_DENIED',
      message: expect.stringContaining('no reason') as string,
    });
  });

  it.each([
    ["ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too many", 'p', 'too many'],
    [
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'restricted',
      'runAsNonRoot',
    ],
  ])('names the built-in check that denied an object: %s', (message, who, why) => {
    const error = refuse(403, { reason: 'Forbidden', message });
    expect(error.code).toBe('ADMISSION_DENIED');
    expect(error.message).toContain(who);
    expect(error.message).toContain(why);
  });

  it('lists every field in conflict with its owner', () => {
    const cause = (field: string, manager: string) => ({
      reason: 'FieldManagerConflict',
      field,
      message: `conflict with "${manager}" using apps/v1 at 2026-01-01T00:00:00Z`,
    });
    const error = refuse(409, {
      reason: 'Conflict',
      details: { causes: [cause('.spec.replicas', 'hpa'), cause('.data.x', 'helm')] },
    });
    expect(error.code).toBe('FIELD_CONFLICT');
    expect(error.details.lines).toEqual([
      'ConfigMap ns/a .spec.replicas: owned by hpa',
      'ConfigMap ns/a .data.x: owned by helm',
    ]);
    expect(error.message).toContain('hpa, helm');
  });

  it('says who lacks which right, and the rule that gives it', () => {
    const message =
      'x is forbidden: User "sa" cannot patch resource "deployments" in API group "apps" in the namespace "ns"';
    const error = refuse(403, { reason: 'Forbidden', message });
    expect(error.code).toBe('CLUSTER_UNAUTHORIZED');
    expect(error.message).toBe(
      'The cluster "east" does not allow "sa" to patch deployments in the namespace "ns".',
    );
    expect(error.details.remedy).toContain(
      'apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"]',
    );
  });

  it('does not take an exceeded quota for a missing right', () => {
    const error = refuse(403, { reason: 'Forbidden', message: 'pods "x" is forbidden: exceeded quota: q' });
    expect(error).toMatchObject({
      code: 'API_REFUSED',
      details: { remedy: expect.stringContaining('ResourceQuota') as string },
    });
  });

  it('counts a webhook that does not answer as something that passes', () => {
    const message =
      'Internal error occurred: failed calling webhook "rev.istio.io": connect: connection refused';
    const error = refuse(500, { reason: 'InternalError', message });
    expect(error.code).toBe('CLUSTER_UNREACHABLE');
    expect(error.retryable).toBe(true);
    expect(error.message).toContain('"rev.istio.io"');
  });

  it('counts an object that does not fit its schema as refused, although the server says 500', () => {
    const error = refuse(500, {
      message: 'failed to create typed patch object (a): .spec.foo: field not declared in schema',
    });
    expect(error.code).toBe('API_REFUSED');
  });

  it('repeats no value of a Secret', () => {
    const secret = { ...object, kind: 'Secret' };
    const message =
      'Secret "a" is invalid: data[x]: Invalid value: "hunter2 \\" hunter2": bad; {"data":{"p":"hunter2"}}';
    const causes = [{ field: 'data[x]', message: 'Invalid value: "hunter2": bad' }];
    const error = refuse(422, { message, details: { causes } }, secret);
    expect(JSON.stringify(error.details) + error.message).not.toContain('hunter2');
    expect(error.message).toContain('data[x]');
  });

  it('bounds what a server may say', () => {
    expect(refuse(422, { message: 'x'.repeat(100_000) }).message.length).toBeLessThan(2_000);
    expect(refusalError(asked, 502, '<html>').code).toBe('CLUSTER_UNREACHABLE');
  });
});
