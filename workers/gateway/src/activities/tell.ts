import {
  type Digest,
  isFinal,
  type Notice,
  type NoticeLink,
  Phase,
  type RolloutStatus,
  type TellInput,
  type TellResult,
} from '@meshwright/model';
import { type GatedStatus, readGated, readRollout, recordOfRun } from '@meshwright/rollouts';
import type { Logger } from '@meshwright/telemetry';
import type { Client } from '@temporalio/client';
import type { Engine } from '../engine.ts';
import { noticeOfPolicyChange, noticeOfRollout, noticesOfPullRequest } from '../notices/compose.ts';
import type { Services } from '@meshwright/services';
import { hostedOf, nobodyAnswers } from './origin.ts';
import type { PlanReader } from './plan-facts.ts';
import { tellChat } from './tell-chat.ts';
import { tellForge } from './tell-forge.ts';

export interface TellOptions {
  engine: Engine;
  services: Services;
  plans: PlanReader;
  logger: Logger;
  /** Where people see a run of a workflow; absent where nobody says. */
  runUrl?: ((workflow: string, run: string) => string) | undefined;
}

/** What one channel is told. */
export interface Telling {
  input: TellInput;
  status: GatedStatus;
  notices: readonly Notice[];
}

/** Tells one channel how something stands now. */
export async function tell(options: TellOptions, input: TellInput): Promise<TellResult> {
  const { engine, services } = options;
  const status = await readTold(engine.client(), input);
  const telling = { input, status, notices: await notices(options, input, status) };
  const { phase } = status.status;
  const standing = { final: isFinal(phase), moving: movingPhases.includes(phase) };
  const chat = services.chat(input.channel);
  if (chat !== undefined) return { ...standing, ...(await tellChat(chat, telling, options.logger)) };
  const forge = services.forge(input.channel);
  const hosted = hostedOf(services, input.repository);
  if (forge === undefined || hosted === undefined) {
    options.logger.warn({ channel: input.channel }, 'a channel is no longer configured');
    return { told: [...input.told], final: true, moving: false };
  }
  return { ...standing, ...(await tellForge({ ...hosted, forge }, telling)) };
}

const movingPhases: readonly Phase[] = [Phase.planning, Phase.changing, Phase.measuring, Phase.rollingBack];

/** @throws MeshwrightError TEMPORAL_UNREACHABLE when no worker answers for it. */
async function readTold(client: Client, { kind, workflow, run }: TellInput): Promise<GatedStatus> {
  if (kind === 'rollout') {
    const { status } = await readRollout(client, await recordOfRun(client, workflow, run));
    if (status !== undefined) return { kind, status };
    throw nobodyAnswers(workflow);
  }
  const gated = await readGated(client, { kind, workflow, run });
  if (gated !== undefined) return gated;
  throw nobodyAnswers(workflow);
}

async function notices(
  { services, plans, runUrl }: TellOptions,
  input: TellInput,
  gated: GatedStatus,
): Promise<Notice[]> {
  const hosted = hostedOf(services, input.repository);
  const links: NoticeLink[] =
    runUrl === undefined ? [] : [{ label: 'Run', url: runUrl(input.workflow, input.run) }];
  const commitUrl = (commit: string): { commitUrl?: string } =>
    hosted === undefined ? {} : { commitUrl: hosted.connection.commitUrl(hosted.project, commit) };
  switch (gated.kind) {
    case 'rollout': {
      const { status } = gated;
      const facts = { plans: await plans.read(plansOf([status])), links, ...commitUrl(status.commit) };
      return [noticeOfRollout(input, status, facts)];
    }
    case 'policy-change': {
      const facts = { plans: new Map(), links, ...commitUrl(gated.status.commit.id) };
      return [noticeOfPolicyChange(input, gated.status, facts)];
    }
    case 'pull-request': {
      const { status } = gated;
      const { pullRequest, rollouts } = status;
      const own =
        pullRequest === undefined
          ? []
          : [{ label: `Pull request ${pullRequest.number}`, url: pullRequest.url }];
      const facts = {
        plans: await plans.read(plansOf(rollouts)),
        links: [...links, ...own],
        ...(pullRequest === undefined ? {} : commitUrl(pullRequest.head)),
      };
      return noticesOfPullRequest(input, status, facts);
    }
  }
}

function plansOf(rollouts: readonly RolloutStatus[]): Digest[] {
  const targets = rollouts.flatMap((rollout) => rollout.targets);
  return [...new Set(targets.flatMap(({ plan }) => plan?.digest ?? []))];
}
