import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { createAdoptCommand } from './commands/adopt.ts';
import { createApprovalsCommand } from './commands/approvals.ts';
import { createBaselinesCommand } from './commands/baselines.ts';
import { createCompareCommand } from './commands/compare.ts';
import {
  createApproveCommand,
  createHoldCommand,
  createRejectCommand,
  createReleaseCommand,
} from './commands/decide.ts';
import { createDoctorCommand } from './commands/doctor.ts';
import { createHistoryCommand } from './commands/history.ts';
import { createCancelCommand, createPauseCommand, createResumeCommand } from './commands/intervene.ts';
import { createJudgeCommand } from './commands/judge.ts';
import { createMeasureCommand } from './commands/measure.ts';
import { createDiffCommand, createPlanCommand } from './commands/plan.ts';
import { createPolicyCommand } from './commands/policy.ts';
import { createRenderCommand } from './commands/render.ts';
import { createReportCommand } from './commands/report.ts';
import { createRetryCommand } from './commands/retry.ts';
import { createRollbackCommand } from './commands/rollback.ts';
import { createRolloutsCommand } from './commands/rollouts.ts';
import { createScheduleCommand } from './commands/schedule.ts';
import { createSmpCommand } from './commands/smp.ts';
import { createStatusCommand } from './commands/status.ts';
import { createTargetsCommand } from './commands/targets.ts';
import { createUninstallCommand } from './commands/uninstall.ts';
import { createValidateCommand } from './commands/validate.ts';
import { createWatchCommand } from './commands/watch.ts';
import { createWhyCommand } from './commands/why.ts';
import { exitCodeMeanings } from './exit-code.ts';
import type { OwnedSession, Session } from './session.ts';

/** In the order of their use. */
const factories: readonly ((session: Session) => CommandUnknownOpts)[] = [
  createValidateCommand,
  createPlanCommand,
  createDiffCommand,
  createRenderCommand,
  createRolloutsCommand,
  createStatusCommand,
  createWatchCommand,
  createWhyCommand,
  createApprovalsCommand,
  createApproveCommand,
  createRejectCommand,
  createHoldCommand,
  createReleaseCommand,
  createPolicyCommand,
  createPauseCommand,
  createResumeCommand,
  createRetryCommand,
  createCancelCommand,
  createHistoryCommand,
  createRollbackCommand,
  createAdoptCommand,
  createUninstallCommand,
  createMeasureCommand,
  createScheduleCommand,
  createJudgeCommand,
  createBaselinesCommand,
  createCompareCommand,
  createSmpCommand,
  createReportCommand,
  createTargetsCommand,
  createDoctorCommand,
];

/** The command tree over a session. */
export function createProgram(session: OwnedSession): CommandUnknownOpts {
  const { stdout, stderr } = session.host;
  const program = new Command('meshwright')
    .description('GitOps for service meshes: plan a change, approve it, watch it being made and verified.')
    .option('--config <file>', 'the configuration; MESHWRIGHT_CONFIG by default, or else ./meshwright.yaml')
    .option('--json', 'print JSON for programs')
    .option('--no-color', 'print without colour, as with NO_COLOR set')
    .version('0.1.0', '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .helpCommand('help [command]', 'explain a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns(),
      getErrHelpWidth: () => stderr.columns(),
    })
    .exitOverride();
  program.hook('preAction', () => session.begin({ ...program.opts(), json: program.opts().json === true }));
  for (const create of factories) {
    const command = create(session).copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(command);
    program.addCommand(command);
  }
  program.addHelpText('afterAll', exitCodeHelp());
  return program;
}

function exitCodeHelp(): string {
  const meanings = exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);
  return ['', 'Exit codes:', ...meanings].join('\n');
}
