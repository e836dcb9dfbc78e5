import { type KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { eventFinding, podFinding } from './diagnosis.ts';

function pod(status: object): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'ns' }, status };
}

function waiting(reason: string, message = '', lastState: object = {}): KubernetesObject {
  return pod({ containerStatuses: [{ name: 'main', state: { waiting: { reason, message } }, lastState }] });
}

describe('podFinding', () => {
  it.each([
    [waiting('ImagePullBackOff', 'not found'), 'cannot get its image (ImagePullBackOff): not found'],
    [
      waiting('CrashLoopBackOff', '', { terminated: { exitCode: 3, reason: 'Error' } }),
      'the last time with exit code 3',
    ],
    [waiting('CrashLoopBackOff', '', { terminated: { exitCode: 137, reason: 'OOMKilled' } }), 'OOMKilled'],
    [waiting('CreateContainerConfigError', 'secret "x" not found'), 'secret "x" not found'],
    [
      pod({
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no nodes' }],
      }),
      'is not scheduled (Unschedulable): no nodes',
    ],
  ])('says what keeps a pod from running', (object, message) => {
    const finding = podFinding(object);
    expect(finding?.message).toContain(message);
    expect(finding?.message).toContain('web-1');
    expect(finding?.remedy).not.toBe('');
  });

  it('finds nothing wrong with a pod that is starting', () => {
    expect(podFinding(waiting('ContainerCreating'))).toBeUndefined();
  });
});

describe('eventFinding', () => {
  const event = (name: string, message: string, lastTimestamp: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { name },
    reason: 'FailedCreate',
    message,
    lastTimestamp,
  });

  it('takes the newest warning about the workload or what it made', () => {
    const events = [
      event('web-abc', 'admission webhook "w" denied the request', '2026-01-02T00:00:00Z'),
      event('web', 'older', '2026-01-01T00:00:00Z'),
      event('other', 'not ours', '2026-01-03T00:00:00Z'),
    ];
    expect(eventFinding(events, 'web')).toEqual({
      message: 'FailedCreate: admission webhook "w" denied the request',
      remedy: 'Change the pod template so that the webhook accepts it.',
    });
    expect(eventFinding(events, 'none')).toBeUndefined();
  });
});
