import { ActivityFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { failureOf, Message, type Told } from '@meshwright/model';
import { escapeMarkdown, gatewayActivities } from '@meshwright/workflow-kit';

/** What starts the notices of a run; `carried` comes from the run before, never from outside. */
export interface NoticesInput extends Told {
  repository: string;
  channels: readonly string[];
  carried?: Record<string, ChannelState>;
}

/** How far one channel is. */
export interface ChannelState {
  message?: Readonly<Record<string, string>>;
  told: readonly string[];
  /** Nothing more will be told. */
  done: boolean;
  /** Why it could not be told, in words people are shown, and how often in a row. */
  trouble?: { reason: string; times: number };
}

const moved = defineSignal(Message.rolloutMoved);

/** How soon a run that goes on by itself is told of again. */
const refreshSeconds = 15;
/** How often channels are told before the history begins anew. */
const tellsPerRun = 300;
/** How often a refusal is met again that waiting does not mend, once every quarter of a minute, until it is left at that. */
const mostRefusals = 40;

/**
 * Tells every channel of a run how it stands, each by itself: a chat that is away holds up nothing but its own message. What
 * happens while a channel is told is told together, right after it. Ends when all have been told the end.
 */
export async function rolloutNotices(input: NoticesInput): Promise<void> {
  const states = new Map(
    input.channels.map((channel) => [channel, input.carried?.[channel] ?? { told: [], done: false }]),
  );
  let moves = 1;
  let tells = 0;
  setHandler(moved, () => {
    moves += 1;
  });
  const telling: Telling = {
    states,
    moves: () => moves,
    isFull: () => tells >= tellsPerRun,
    note: () => {
      tells += 1;
      setCurrentDetails(detailsOf(states));
    },
  };
  await Promise.all(input.channels.map((channel) => tellChannel(input, channel, telling)));
  await condition(allHandlersFinished);
  if ([...states.values()].every(({ done }) => done)) return;
  await continueAsNew<typeof rolloutNotices>({ ...input, carried: Object.fromEntries(states) });
}

interface Telling {
  states: Map<string, ChannelState>;
  /** How often the run has moved; each move is told once it is over. */
  moves: () => number;
  /** Whether the history has to begin anew. */
  isFull: () => boolean;
  /** Notes that a channel has been told. */
  note: () => void;
}

async function tellChannel(input: NoticesInput, channel: string, telling: Telling): Promise<void> {
  for (;;) {
    const before = stateOf(telling, channel);
    if (before.done || telling.isFull()) return;
    const seen = telling.moves();
    const { state, moving } = await tellOnce(input, channel, before);
    telling.states.set(channel, state);
    telling.note();
    if (state.done) return;
    const again = (): boolean => telling.moves() > seen || telling.isFull();
    if (moving) await condition(again, refreshSeconds * 1_000);
    else await condition(again);
  }
}

function stateOf({ states }: Telling, channel: string): ChannelState {
  return states.get(channel) ?? { told: [], done: false };
}

async function tellOnce(
  { kind, workflow, run, repository }: NoticesInput,
  channel: string,
  { message, told, trouble }: ChannelState,
): Promise<{ state: ChannelState; moving: boolean }> {
  try {
    const result = await gatewayActivities(`tell ${channel}`).tell({
      kind,
      workflow,
      run,
      repository,
      channel,
      told,
      ...(message === undefined ? {} : { message }),
    });
    const reference = result.message ?? message;
    return {
      state: {
        told: result.told,
        done: result.final,
        ...(reference === undefined ? {} : { message: reference }),
      },
      moving: result.moving,
    };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const times = (trouble?.times ?? 0) + 1;
    const state = {
      told,
      done: times >= mostRefusals,
      trouble: { reason: failureOf(error).message, times },
      ...(message === undefined ? {} : { message }),
    };
    return { state, moving: true };
  }
}

function detailsOf(states: ReadonlyMap<string, ChannelState>): string {
  const lines = [...states].map(([channel, { done, trouble }]) => {
    const state = done ? 'told to the end' : 'told so far';
    return `- ${escapeMarkdown(channel)}: ${trouble === undefined ? state : escapeMarkdown(trouble.reason)}`;
  });
  return [`Notices of \`${workflowInfo().parent?.workflowId ?? 'a run'}\``, lines.join('\n')].join('\n\n');
}
