import {
  type KubernetesObject,
  formatReference,
  groupOf,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import type { z } from 'zod';

/** A kind of object that rules look at. */
export interface Kind<T> {
  apiVersion: string;
  kind: string;
  /** Where what is read lies in the object. */
  at: string;
  shape: z.ZodType<T>;
}

/** An object of the pattern or of the cluster, with what is read of it. */
export interface Subject<T> {
  /** How people write it: `VirtualService shop/web`. */
  name: string;
  metadata: { name: string; namespace: string };
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Whether the pattern holds it; its content is then the pattern's. */
  fromPattern: boolean;
  spec: T;
  /** As it is in the pattern, or on the cluster. */
  object: KubernetesObject;
  /** As it is on the cluster now; undefined where it is not there yet. */
  live: KubernetesObject | undefined;
}

/** An object that is not of its kind's form. */
export interface Unreadable {
  name: string;
  fromPattern: boolean;
  problem: string;
}

/** The label of the inventory that an object belongs to (ApplySet specification, KEP-3659). */
export const partOf = 'applyset.kubernetes.io/part-of';

/**
 * The objects of a kind as they are once the change is made: those of the pattern, and those of the cluster that the
 * pattern does not hold. What one of `ours` inventories holds and the pattern does not will be deleted and is left out,
 * unless `kept` says that the mesh itself brings it.
 */
export function merge<T>(
  kind: Kind<T>,
  sources: {
    pattern: readonly KubernetesObject[];
    live: readonly KubernetesObject[];
    ours: ReadonlySet<string>;
    kept: (object: KubernetesObject) => boolean;
  },
): { subjects: Subject<T>[]; unreadable: Unreadable[] } {
  const declared = sources.pattern.filter((object) => isOfKind(object, kind));
  const keys = new Set(declared.map(keyOf));
  const live = new Map(sources.live.map((object) => [keyOf(object), object]));
  const others = sources.live.filter((object) => {
    if (keys.has(keyOf(object))) return false;
    return !sources.ours.has(object.metadata.labels?.[partOf] ?? '') || sources.kept(object);
  });
  const subjects: Subject<T>[] = [];
  const unreadable: Unreadable[] = [];
  const take = (object: KubernetesObject, fromPattern: boolean) => {
    const name = formatReference(referenceOf(object));
    const parsed = kind.shape.safeParse(kind.at === '' ? object : object[kind.at]);
    if (parsed.success) {
      const { metadata, labels, annotations } = namesOf(object);
      const found = live.get(keyOf(object));
      subjects.push({
        name,
        metadata,
        labels,
        annotations,
        fromPattern,
        spec: parsed.data,
        object,
        live: found,
      });
    } else {
      const [issue] = parsed.error.issues;
      const path = [kind.at, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
      unreadable.push({ name, fromPattern, problem: `${path}: ${issue?.message ?? 'not readable'}` });
    }
  };
  for (const object of declared) take(object, true);
  for (const object of others) take(object, false);
  return { subjects, unreadable };
}

function isOfKind(object: KubernetesObject, { apiVersion, kind }: Kind<unknown>): boolean {
  return object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion);
}

function keyOf(object: KubernetesObject): string {
  return referenceKey(referenceOf(object));
}

function namesOf({
  metadata,
}: KubernetesObject): Pick<Subject<unknown>, 'metadata' | 'labels' | 'annotations'> {
  const { name, namespace = '', labels = {}, annotations = {} } = metadata;
  return { metadata: { name, namespace }, labels, annotations };
}
