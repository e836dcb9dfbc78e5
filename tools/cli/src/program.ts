import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { exitCodeMeanings } from './exit-code.ts';
import type { OwnedSession, Session } from './session.ts';

type CreateCommand = (session: Session) => CommandUnknownOpts;

/** Every command by its name, in the order of their use. Each is loaded with what it needs, which the others do without. */
const commands: Readonly<Record<string, () => Promise<CreateCommand>>> = {
  validate: async () => (await import('./commands/validate.ts')).createValidateCommand,
  plan: async () => (await import('./commands/plan.ts')).createPlanCommand,
  diff: async () => (await import('./commands/plan.ts')).createDiffCommand,
  render: async () => (await import('./commands/render.ts')).createRenderCommand,
  rollouts: async () => (await import('./commands/rollouts.ts')).createRolloutsCommand,
  status: async () => (await import('./commands/status.ts')).createStatusCommand,
  watch: async () => (await import('./commands/watch.ts')).createWatchCommand,
  why: async () => (await import('./commands/why.ts')).createWhyCommand,
  approvals: async () => (await import('./commands/approvals.ts')).createApprovalsCommand,
  approve: async () => (await import('./commands/decide.ts')).createApproveCommand,
  reject: async () => (await import('./commands/decide.ts')).createRejectCommand,
  hold: async () => (await import('./commands/decide.ts')).createHoldCommand,
  release: async () => (await import('./commands/decide.ts')).createReleaseCommand,
  policy: async () => (await import('./commands/policy.ts')).createPolicyCommand,
  pause: async () => (await import('./commands/intervene.ts')).createPauseCommand,
  resume: async () => (await import('./commands/intervene.ts')).createResumeCommand,
  retry: async () => (await import('./commands/retry.ts')).createRetryCommand,
  cancel: async () => (await import('./commands/intervene.ts')).createCancelCommand,
  history: async () => (await import('./commands/history.ts')).createHistoryCommand,
  rollback: async () => (await import('./commands/rollback.ts')).createRollbackCommand,
  adopt: async () => (await import('./commands/adopt.ts')).createAdoptCommand,
  uninstall: async () => (await import('./commands/uninstall.ts')).createUninstallCommand,
  measure: async () => (await import('./commands/measure.ts')).createMeasureCommand,
  schedule: async () => (await import('./commands/schedule.ts')).createScheduleCommand,
  judge: async () => (await import('./commands/judge.ts')).createJudgeCommand,
  baselines: async () => (await import('./commands/baselines.ts')).createBaselinesCommand,
  compare: async () => (await import('./commands/compare.ts')).createCompareCommand,
  smp: async () => (await import('./commands/smp.ts')).createSmpCommand,
  report: async () => (await import('./commands/report.ts')).createReportCommand,
  targets: async () => (await import('./commands/targets.ts')).createTargetsCommand,
  doctor: async () => (await import('./commands/doctor.ts')).createDoctorCommand,
};

/** The command tree over a session: of all commands, or of the one alone that the arguments name. */
export async function createProgram(
  session: OwnedSession,
  args: readonly string[] = [],
): Promise<CommandUnknownOpts> {
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
  for (const create of await loadCommands(named(program, args))) {
    const command = create(session).copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(command);
    program.addCommand(command);
  }
  program.addHelpText('afterAll', exitCodeHelp());
  return program;
}

/** The first argument that is no option, nor the value of one. Prints the version where that is asked for, as `parse` does. */
function named(program: CommandUnknownOpts, args: readonly string[]): string | undefined {
  return program.parseOptions([...args]).operands[0];
}

async function loadCommands(name: string | undefined): Promise<CreateCommand[]> {
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  // All are needed for the help, and to say which one a wrong name may have meant.
  return load === undefined ? Promise.all(Object.values(commands).map((one) => one())) : [await load()];
}

function exitCodeHelp(): string {
  const meanings = exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);
  return ['', 'Exit codes:', ...meanings].join('\n');
}
