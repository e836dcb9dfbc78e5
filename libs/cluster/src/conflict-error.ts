import { formatReference, MeshwrightError, type ObjectReference } from '@meshwright/model';
import { bounded } from './lines.ts';

/** A field that another manager owns and that is wanted otherwise. */
export interface FieldConflict {
  /** As the API server and kubectl write it, such as `.spec.containers[name="main"].image`. */
  field: string;
  owner: string;
  /** What it is and what the pattern wants, as they may be shown; absent where they were not read. */
  values?: { live: unknown; desired: unknown };
}

const mostLines = 50;

/** FIELD_CONFLICT of one object, with a line for each field and the ways out. */
export class FieldConflictError extends MeshwrightError {
  readonly fields: readonly FieldConflict[];

  /** @param release what gives the fields back, for a shell; absent where the live object was not read. */
  constructor(cluster: string, object: ObjectReference, fields: readonly FieldConflict[], release?: string) {
    const owners = [...new Set(fields.map(({ owner }) => owner))].join(', ');
    const named = bounded([...new Set(fields.map(({ field }) => field))], 5).join(', ');
    super(
      'FIELD_CONFLICT',
      `${formatReference(object)} has fields on the cluster "${cluster}" that belong to ${owners}: ${named}`,
      {
        where: `cluster ${cluster}, ${formatReference(object)}`,
        lines: bounded(
          fields.map((field) => lineOf(object, field)),
          mostLines,
        ),
        remedy:
          `To take such fields over, write spec.change.conflicts: take in the pattern; to leave them to ${owners}, take them out of it.` +
          (release === undefined
            ? ''
            : ` Or end the ownership of ${owners} in ${formatReference(object)}: ${release}`),
      },
    );
    this.fields = fields;
  }
}

function lineOf(object: ObjectReference, { field, owner, values }: FieldConflict): string {
  const told =
    values === undefined ? '' : `live ${written(values.live)}, desired ${written(values.desired)}, `;
  return `${formatReference(object)} ${field}: ${told}owned by ${owner}`;
}

function written(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value);
}
