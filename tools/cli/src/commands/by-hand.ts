import type { Client } from '@temporalio/client';
import {
  type CommitInfo,
  type Purpose,
  RequestKind,
  type RolloutRequest,
  shortCommit,
  shortName,
} from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { statedIdentity } from '../identity.ts';
import { previewPlans } from '../preview/plans.ts';
import { escapeText, wrap } from '@meshwright/wording';
import { findRollout, startRollout, type ValidInput } from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { confirm } from './confirm.ts';
import { showPlans } from './show-plans.ts';
import { follow } from './watch.ts';

/** The options that every command has that starts a rollout by hand. */
export interface ByHandOptions {
  as?: string | undefined;
  reason?: string | undefined;
  yes?: true | undefined;
  wait?: true | undefined;
  full?: true | undefined;
  timeout: number;
}

/** A rollout to start by hand: with the input of an earlier one, for a kind of wish. */
export interface ByHand {
  input: ValidInput;
  kind: RequestKind;
  purpose: Purpose;
  holds?: string | undefined;
  /** What will happen, for people, one sentence each. */
  said: string[];
}

/** What `--as` and `--yes` mean, in every command of this kind. */
export const byHandNote =
  'Who asks is taken from --as, or from the Git configuration, or is the user of this machine: it is stated, not verified.';

/** Says what will happen, shows the plans, asks, and starts the rollout. */
export async function startByHand(
  session: Session,
  client: Client,
  wanted: ByHand,
  options: ByHandOptions,
): Promise<ExitCode> {
  const { identity } = await statedIdentity(options.as, session.host.cwd);
  const { input, kind, purpose, holds } = wanted;
  if (options.yes !== true && !session.options.json) await show(session, wanted, options);
  const agreed = await confirm(session, `Do this as ${escapeText(identity)} (stated, not verified)?`, {
    given: options.yes === true,
    flag: '--yes',
  });
  if (!agreed) {
    session.tell(['Nothing was started.']);
    return ExitCode.waiting;
  }
  const request: RolloutRequest = {
    kind,
    identity,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(holds === undefined ? {} : { holds }),
  };
  const started = await startRollout(client, { ...input, purpose, request });
  const follows = options.wait === true;
  if (!session.options.json) session.print(describeStart(started, wanted, follows));
  else if (!follows) session.printJson(started);
  return follows ? follow(session, client, await findRollout(client, started.rollout)) : ExitCode.done;
}

async function show(session: Session, wanted: ByHand, options: ByHandOptions): Promise<void> {
  const { width } = session.view();
  const { input, kind, purpose, said } = wanted;
  session.print([...said.flatMap((sentence) => wrap(sentence, width)), '']);
  const { pattern, repository, commit, valid } = input;
  const plans = await previewPlans(
    session,
    valid.targets.map(({ cluster }) => ({
      cluster,
      pattern,
      repository,
      commit: commit.id,
      snapshot: valid.snapshot,
      purpose,
      adopt: kind === RequestKind.adopt,
      despiteHold: true,
    })),
    options.timeout,
  );
  await showPlans(session, plans, options.full === true);
}

function describeStart(
  { rollout, supersedes }: { rollout: string; supersedes: string[] },
  { input }: ByHand,
  follows: boolean,
): string[] {
  const place = supersedes.length === 0 ? '' : ` in place of ${supersedes.map(shortName).join(', ')}`;
  return [
    `Started ${rollout}${place}.`,
    ...(input.valid.approval.required ? ['It plans again and then waits for approval.'] : []),
    ...(follows ? [] : [`Follow it: meshwright watch ${shortName(rollout)}`]),
  ].map(escapeText);
}

/** `0123456789ab "Raise Istio" by Ada`. */
export function describeCommitOf({
  commit,
}: {
  commit: Pick<CommitInfo, 'id' | 'subject' | 'author'>;
}): string {
  return escapeText(`${shortCommit(commit.id)} "${commit.subject}" by ${commit.author}`);
}
