import { Change, formatReference, MeshwrightError, type ObjectChange, plural } from '@meshwright/model';
import { isOrBelow, isWorkload } from './reach.ts';

const mostLines = 50;

/**
 * Adopting takes an installation over as it is: nothing may restart, and what decides about requests stays.
 * @throws MeshwrightError PREFLIGHT_FAILED with every field that would change pods or what a webhook does.
 */
export function refuseDisturbance(changes: readonly ObjectChange[]): void {
  const lines = changes
    .filter(({ change }) => change === Change.update)
    .flatMap(({ object, fields }) =>
      fields
        .filter(({ path }) => disturbs(object, path))
        .map(
          ({ path, before, after }) =>
            `${formatReference(object)} ${path}: ${shown(before)} -> ${shown(after)}`,
        ),
    );
  if (lines.length === 0) return;
  throw new MeshwrightError(
    'PREFLIGHT_FAILED',
    `Adopting would change what runs: ${plural(lines.length, 'field')} of pod templates and webhooks ${lines.length === 1 ? 'differs' : 'differ'} from the pattern.`,
    {
      lines: lines.slice(0, mostLines),
      remedy:
        'Set spec.mesh.values to what the mesh was installed with, until the plan of `meshwright adopt` changes none of these.',
    },
  );
}

/** An annotation of the webhook configuration is no behaviour; everything below `webhooks` is. */
function disturbs(object: ObjectChange['object'], path: string): boolean {
  if (isWorkload(object)) return isOrBelow(path, '/spec/template');
  return object.apiVersion.startsWith('admissionregistration.k8s.io/') && isOrBelow(path, '/webhooks');
}

function shown(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value);
}
