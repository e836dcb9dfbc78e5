import { z } from 'zod';
import type { KubernetesObject } from '@meshwright/model';

/** The field manager under which Meshwright applies. */
export const ourManager = 'meshwright';
export const unknownManager = 'unknown';

const Marked = z.object({
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ apiVersion: z.string(), kind: z.string() })).default([]),
  managedFields: z
    .array(
      z.object({
        manager: z.string().default(''),
        operation: z.string().default(''),
        subresource: z.string().optional(),
        time: z.string().optional(),
        fieldsV1: z
          .object({
            'f:metadata': z
              .object({
                'f:labels': z.record(z.string(), z.unknown()).optional(),
                'f:annotations': z.record(z.string(), z.unknown()).optional(),
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .default([]),
});
type Marked = z.infer<typeof Marked>;

/** The tools of one mesh that keep objects, and who merely writes into them: data of its plugin. */
export interface KnownManagers {
  /** Operators, by the API group of their resources: they mark what they keep as its owner. */
  operators: Readonly<Record<string, string>>;
  /** The mesh's own installer, by the field manager it applies with. */
  installers: Readonly<Record<string, string>>;
  /** Field managers that write into what others keep, besides those of Kubernetes. */
  bystanders: readonly string[];
}

/** Tools of any mesh that mark what they keep, the surest mark first. */
const marks: readonly { manager: string; isMarked: (metadata: Marked) => boolean }[] = [
  { manager: ourManager, isMarked: ({ managedFields }) => managedFields.some(isOurs) },
  { manager: 'argocd', isMarked: ({ annotations }) => 'argocd.argoproj.io/tracking-id' in annotations },
  {
    manager: 'flux',
    isMarked: ({ labels }) =>
      'helm.toolkit.fluxcd.io/name' in labels || 'kustomize.toolkit.fluxcd.io/name' in labels,
  },
  { manager: 'helm', isMarked: ({ annotations }) => 'meta.helm.sh/release-name' in annotations },
];

const bystanders: ReadonlySet<string> = new Set([
  'kube-controller-manager',
  'kubelet',
  'meshwright-restart',
  '',
]);

/**
 * Who keeps an object: the tool's name, else the first field manager that is not a controller. An operator counts before
 * the Helm library it uses. The label `app.kubernetes.io/managed-by` tells nothing, for charts write it themselves.
 */
export function managerOf(object: KubernetesObject, known: KnownManagers): string {
  const metadata = Marked.parse(object.metadata);
  const operator = Object.entries(known.operators).find(([group]) =>
    metadata.ownerReferences.some(({ apiVersion }) => apiVersion.startsWith(`${group}/`)),
  );
  if (operator !== undefined) return operator[1];
  const mark = marks.find(({ isMarked }) => isMarked(metadata));
  if (mark !== undefined) return mark.manager;
  const managers = metadata.managedFields.filter(({ subresource }) => subresource === undefined);
  const installer = Object.entries(known.installers).find(([manager]) =>
    metadata.managedFields.some((entry) => entry.manager === manager),
  );
  if (installer !== undefined) return installer[1];
  if (metadata.managedFields.some(({ manager }) => manager.startsWith('kubectl'))) return 'kubectl';
  const first = managers.find(
    ({ manager }) => !bystanders.has(manager) && !known.bystanders.includes(manager),
  );
  return first?.manager ?? unknownManager;
}

/** Whether Meshwright applied a label of an object; another may hold it too. */
export function isLabelledByUs(object: KubernetesObject, label: string): boolean {
  return hasApplied(object, 'f:labels', label);
}

/** As {@link isLabelledByUs}, of an annotation. */
export function isAnnotatedByUs(object: KubernetesObject, annotation: string): boolean {
  return hasApplied(object, 'f:annotations', annotation);
}

function hasApplied(object: KubernetesObject, fields: 'f:labels' | 'f:annotations', name: string): boolean {
  const { managedFields } = Marked.parse(object.metadata);
  return managedFields.some(
    (entry) => isOurs(entry) && entry.fieldsV1?.['f:metadata']?.[fields]?.[`f:${name}`] !== undefined,
  );
}

/** When what Meshwright applied of an object changed last, in milliseconds since 1970; undefined where it applied nothing. */
export function appliedAt(object: KubernetesObject): number | undefined {
  const { managedFields } = Marked.parse(object.metadata);
  const time = managedFields.find(isOurs)?.time;
  return time === undefined ? undefined : Date.parse(time);
}

function isOurs({ manager, operation, subresource }: Marked['managedFields'][number]): boolean {
  return manager === ourManager && operation === 'Apply' && subresource === undefined;
}
