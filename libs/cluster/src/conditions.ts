import { numberAt, objectsAt, textAt } from './json.ts';

/** Where an object stands on its way to what its specification asks for. */
export type ObjectState = 'current' | 'inProgress' | 'failed' | 'notFound';

/** The state of an object, with the reason in words people are shown. */
export interface ObjectStatus {
  state: ObjectState;
  message: string;
}

/** One condition of a status (metav1.Condition), with what is absent as empty text. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration?: number;
}

export function current(): ObjectStatus {
  return { state: 'current', message: 'it is ready' };
}

export function inProgress(message: string): ObjectStatus {
  return { state: 'inProgress', message };
}

export function failed(message: string): ObjectStatus {
  return { state: 'failed', message };
}

/** The conditions of an object's status. */
export function conditionsOf(object: object): Condition[] {
  return objectsAt(object, 'status', 'conditions').map((condition) => {
    const observedGeneration = numberAt(condition, 'observedGeneration');
    return {
      type: textAt(condition, 'type') ?? '',
      status: textAt(condition, 'status') ?? 'Unknown',
      reason: textAt(condition, 'reason') ?? '',
      message: textAt(condition, 'message') ?? '',
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
    };
  });
}

export function conditionOf(object: object, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}
