import { z } from 'zod';
import type { KubernetesObject } from '@meshwright/model';

/** The field manager under which Meshwright applies. */
export const ourManager = 'meshwright';
export const sailOperator = 'sail-operator';
export const unknownManager = 'unknown';

const Metadata = z.object({
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ apiVersion: z.string(), kind: z.string() })).default([]),
  managedFields: z
    .array(
      z.object({
        manager: z.string().default(''),
        operation: z.string().default(''),
        subresource: z.string().optional(),
        fieldsV1: z
          .object({
            'f:metadata': z.object({ 'f:labels': z.record(z.string(), z.unknown()).optional() }).optional(),
          })
          .optional(),
      }),
    )
    .default([]),
});
type Metadata = z.infer<typeof Metadata>;

/** Tools that mark what they keep, the surest mark first. An operator marks before the Helm library it uses does. */
const marks: { manager: string; isMarked: (metadata: Metadata) => boolean }[] = [
  {
    manager: sailOperator,
    isMarked: ({ ownerReferences }) =>
      ownerReferences.some(({ apiVersion }) => apiVersion.startsWith('sailoperator.io/')),
  },
  {
    manager: 'istio-operator',
    isMarked: ({ ownerReferences }) =>
      ownerReferences.some(({ apiVersion }) => apiVersion.startsWith('install.istio.io/')),
  },
  { manager: ourManager, isMarked: ({ managedFields }) => managedFields.some(isOurs) },
  { manager: 'argocd', isMarked: ({ annotations }) => 'argocd.argoproj.io/tracking-id' in annotations },
  {
    manager: 'flux',
    isMarked: ({ labels }) =>
      'helm.toolkit.fluxcd.io/name' in labels || 'kustomize.toolkit.fluxcd.io/name' in labels,
  },
  { manager: 'helm', isMarked: ({ annotations }) => 'meta.helm.sh/release-name' in annotations },
  // The field owner of `istioctl install` (operator/pkg/install in istio/istio).
  {
    manager: 'istioctl',
    isMarked: ({ managedFields }) => managedFields.some(({ manager }) => manager === 'istio-operator'),
  },
  {
    manager: 'kubectl',
    isMarked: ({ managedFields }) => managedFields.some(({ manager }) => manager.startsWith('kubectl')),
  },
];

/** Managers that write into what others keep. */
const bystanders = new Set([
  'kube-controller-manager',
  'pilot-discovery',
  'kubelet',
  'meshwright-restart',
  '',
]);

/**
 * Who keeps an object: the tool's name, else the first field manager that is not a controller. The label
 * `app.kubernetes.io/managed-by` says `Helm` of everything that Istio's charts render, so it tells nothing.
 */
export function managerOf(object: KubernetesObject): string {
  const metadata = Metadata.parse(object.metadata);
  const mark = marks.find(({ isMarked }) => isMarked(metadata));
  if (mark !== undefined) return mark.manager;
  const first = metadata.managedFields.find(
    ({ manager, subresource }) => subresource === undefined && !bystanders.has(manager),
  );
  return first?.manager ?? unknownManager;
}

/** Whether Meshwright applied a label of an object; another may hold it too. */
export function isLabelledByUs(object: KubernetesObject, label: string): boolean {
  const { managedFields } = Metadata.parse(object.metadata);
  return managedFields.some(
    (entry) => isOurs(entry) && entry.fieldsV1?.['f:metadata']?.['f:labels']?.[`f:${label}`] !== undefined,
  );
}

function isOurs({ manager, operation, subresource }: Metadata['managedFields'][number]): boolean {
  return manager === ourManager && operation === 'Apply' && subresource === undefined;
}
