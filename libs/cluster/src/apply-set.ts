import { createHash } from 'node:crypto';
import { type ObjectHeader } from './client.ts';
import { fieldManager } from './field-managers.ts';
import { objectsAt, textAt } from './json.ts';

/** The words of the ApplySet convention (KEP-3659). */
export const ApplySet = {
  id: 'applyset.kubernetes.io/id',
  partOf: 'applyset.kubernetes.io/part-of',
  tooling: 'applyset.kubernetes.io/tooling',
  groupKinds: 'applyset.kubernetes.io/contains-group-kinds',
  namespaces: 'applyset.kubernetes.io/additional-namespaces',
} as const;

/** Where the parent objects of all patterns live. */
export const inventoryNamespace = 'meshwright-system';

/**
 * The id of the set whose parent is a ConfigMap of this name: a hash of group, kind, name and namespace, so that a
 * forged parent elsewhere has another id (KEP-3659, "ApplySet identification").
 */
export function applySetId(name: string, namespace: string): string {
  const identity = [name, namespace, 'ConfigMap', ''].join('.');
  return `applyset-${createHash('sha256').update(identity).digest('base64url')}-v1`;
}

/** What a parent declares: kinds as `Kind.group`, and namespaces beside its own. */
export interface Declaration {
  groupKinds: ReadonlySet<string>;
  namespaces: ReadonlySet<string>;
}

/** Reads the declaration of a parent object. */
export function readDeclaration(parent: ObjectHeader): Declaration {
  const annotations = parent.metadata.annotations ?? {};
  return {
    groupKinds: new Set(splitList(annotations[ApplySet.groupKinds])),
    namespaces: new Set(splitList(annotations[ApplySet.namespaces])),
  };
}

/** The annotations of a parent object for a declaration; sorted, as the convention asks. */
export function declarationAnnotations({ groupKinds, namespaces }: Declaration): Record<string, string> {
  return {
    [ApplySet.tooling]: 'meshwright/v0.1.0',
    [ApplySet.groupKinds]: [...groupKinds].sort().join(','),
    [ApplySet.namespaces]: [...namespaces].sort().join(','),
  };
}

/** The set an object says it belongs to. */
export function setOf(object: ObjectHeader): string | undefined {
  return object.metadata.labels?.[ApplySet.partOf];
}

/**
 * Whether an object that carries a set's label was applied by us. Controllers copy labels to what they make
 * (EndpointSlices of a Service, Deployments of a Gateway): those have owners, and no fields of our manager.
 */
export function isApplied(object: ObjectHeader): boolean {
  const managed = objectsAt(object.metadata, 'managedFields');
  const ours = managed.some(
    (entry) => textAt(entry, 'manager') === fieldManager && textAt(entry, 'operation') === 'Apply',
  );
  return ours || objectsAt(object.metadata, 'ownerReferences').length === 0;
}

function splitList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
