import { defineUpdate, setHandler } from '@temporalio/workflow';
import {
  Command,
  Message,
  type CommandRequest,
  type Intervention,
  type RolloutStatus,
} from '@meshwright/model';
import { failRun } from '@meshwright/workflow-kit';
import { commandRefusal } from './command-rules.ts';
import { publish, type Rollout } from './state.ts';
import { tellAll } from './telling.ts';

const command = defineUpdate<RolloutStatus, [CommandRequest]>(Message.command);

/** Takes commands from now on: each is checked before it is written to history, and told to the changes that run. */
export function takeCommands(rollout: Rollout): void {
  const check = (request: CommandRequest): void => {
    const refusal = commandRefusal(request, rollout);
    if (refusal !== undefined) throw failRun(refusal, {});
  };
  setHandler(
    command,
    async (request) => {
      // Two commands may have been validated before either was taken.
      check(request);
      const intervention = interventionOf(request);
      take(rollout, intervention);
      await tellAll(rollout, Message.command, intervention);
      return rollout.status;
    },
    { validator: check },
  );
}

function interventionOf({ command: word, identity, reason }: CommandRequest): Intervention {
  return { command: word, identity, ...(reason === undefined ? {} : { reason }), at: Date.now() };
}

function take(rollout: Rollout, intervention: Intervention): void {
  rollout.status.interventions.push(intervention);
  switch (intervention.command) {
    case Command.pause:
      rollout.pause = intervention;
      break;
    case Command.resume:
      delete rollout.pause;
      break;
    case Command.rollback:
    case Command.cancel:
      delete rollout.pause;
      rollout.ended = intervention;
      break;
    default:
  }
  publish(rollout);
}
