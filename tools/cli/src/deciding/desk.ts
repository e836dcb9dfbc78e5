import { type Decision, type Digest, MeshwrightError, type RolloutStatus } from '@meshwright/model';
import type { RolloutReport, WaitingGate } from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { openTemporalDesk } from './temporal-desk.ts';

/** Where decisions are made: with Temporal itself, or through the gateway, which knows who asks. */
export interface Desk {
  /** Who decides, as they read it before they do. */
  who: string;
  /** What is said of it afterwards: `by ada@example.com (stated, not verified)`. */
  signature: string;
  /** Everything that waits for people, oldest first. */
  list(filter: { repository?: string | undefined; limit: number }): Promise<WaitingGate[]>;
  /**
   * What somebody named, and the gates of it that wait.
   * @throws MeshwrightError INVALID_INPUT when there is no such thing, NOT_READY when nobody answers for it.
   */
  look(name: string): Promise<Seen>;
  /** Decides on exactly this gate; gives the status it leads to. @throws MeshwrightError with the refusal. */
  decide(gate: WaitingGate, decided: { decision: Decision; reason?: string | undefined }): Promise<object>;
  close(): Promise<void>;
}

/** What a person is about to decide on. */
export interface Seen {
  workflow: string;
  gates: WaitingGate[];
  /** Of a rollout. */
  report?: RolloutReport;
  /** The rollouts whose plans are decided on: its own, or those that a pull request would start. */
  rollouts: RolloutStatus[];
  /** The contents of the policy file in evidence, of a change of it. */
  policy?: { before: Digest; after?: Digest };
  /** Where it stands. */
  phase?: string;
}

/** How a person says where and as whom they decide. */
export interface DeskOptions {
  gateway?: string | undefined;
  as?: string | undefined;
}

/**
 * The desk that was asked for: that of a gateway where one is named, else Temporal's.
 * @throws MeshwrightError INVALID_INPUT when a gateway is named without a token, or together with `--as`.
 */
export async function openDesk(session: Session, { gateway, as }: DeskOptions): Promise<Desk> {
  const { env } = session.host;
  const address = gateway ?? (env.MESHWRIGHT_GATEWAY === '' ? undefined : env.MESHWRIGHT_GATEWAY);
  if (address === undefined) return openTemporalDesk(session, as);
  if (as !== undefined) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      'The gateway knows who asks by the token: --as says nothing to it.',
      {
        remedy: 'Leave --as out, or --gateway and MESHWRIGHT_GATEWAY.',
      },
    );
  }
  // Loaded only here, with what speaks HTTP.
  const { openGatewayDesk } = await import('./gateway-desk.ts');
  return openGatewayDesk(address, env.MESHWRIGHT_TOKEN);
}

/** Whether a name is that of a workflow that is no rollout: `policy:…` or `pull-request:…`. */
export function isOtherWorkflow(name: string): boolean {
  return /^(?:policy|pull-request):/.test(name);
}
