import { MeshwrightError, shortName } from '@meshwright/model';

/** How a person names a rollout: by its pattern and commit, or by its pattern alone, meaning the newest. */
export interface RolloutReference {
  pattern: string;
  /** At most the twelve digits that the workflow id holds; perhaps fewer. */
  commit?: string;
}

const form = /^(?:rollout:)?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?:@([0-9a-f]{4,64}))?$/;

/**
 * Reads `checkout-mesh`, `checkout-mesh@0123abc` or `rollout:checkout-mesh@0123456789ab`.
 * @throws MeshwrightError INVALID_INPUT for anything else.
 */
export function parseRolloutReference(text: string): RolloutReference {
  const [, pattern, commit] = form.exec(text) ?? [];
  if (pattern === undefined) {
    throw new MeshwrightError('INVALID_INPUT', `"${text}" names neither a rollout nor a pattern.`, {
      remedy:
        'Write <pattern>, <pattern>@<commit> or rollout:<pattern>@<commit>; `meshwright rollouts` lists them.',
    });
  }
  return commit === undefined ? { pattern } : { pattern, commit: commit.slice(0, 12) };
}

/** What the workflow id of such a rollout starts with. */
export function workflowIdPrefix({ pattern, commit }: RolloutReference): string {
  return `rollout:${pattern}@${commit ?? ''}`;
}

/** The command line that approves exactly what was shown. */
export function approveCommand(rollout: string, subject: string): string {
  return `meshwright approve ${shortName(rollout)} --subject ${subject}`;
}
