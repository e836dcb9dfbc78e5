import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import {
  type ApprovalStatus,
  isFinal,
  MeshwrightError,
  Phase,
  Purpose,
  RequestKind,
  type RolloutStatus,
  shortName,
} from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { byHand, type StatedIdentity, statedIdentity } from '../identity.ts';
import { createProgress } from '../preview/progress.ts';
import { escapeText } from '@meshwright/wording';
import {
  approveCommand,
  decide,
  decisionOn,
  findRollout,
  followRollout,
  listRollouts,
  parseRolloutReference,
  phaseOfReport,
  readRollout,
  readRolloutInput,
  requireSameSubject,
  type RolloutRecord,
  type RolloutReport,
  startRollout,
} from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { byHandNote } from './by-hand.ts';
import { confirm } from './confirm.ts';
import { withExamples } from './examples.ts';
import { parseSeconds } from './seconds.ts';
import { showPlans } from './show-plans.ts';
import { exitCodeOfReport } from './status.ts';
import { follow } from './watch.ts';

interface Options {
  as?: string | undefined;
  reason?: string | undefined;
  confirm?: true | undefined;
  wait?: true | undefined;
  full?: true | undefined;
  timeout: number;
}

/** `meshwright uninstall <pattern>`. */
export function createUninstallCommand(session: Session): CommandUnknownOpts {
  const command = new Command('uninstall')
    .summary('take the mesh of a pattern away')
    .description(
      'Starts the rollout that takes away what a pattern installed: workloads leave the mesh first, custom resource ' +
        "definitions go last and only when nobody's custom resources are left; workloads and their namespaces stay. It " +
        'always waits for a confirmation of its plan, which is shown here and asked for, or given by --confirm. The same for ' +
        `a pattern whose file is gone from the branch, which waits already. ${byHandNote}`,
    )
    .argument('<pattern>', 'the name of the pattern')
    .option('--confirm', 'approve the plan right after showing it, without a question')
    .option('--reason <text>', 'why, for everyone who reads the history')
    .option('--as <name>', 'who asks, and confirms')
    .option('--wait', 'follow it until it is over')
    .option('--full', 'show every object and field')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300)
    .action(async (name, options) => session.end(await uninstall(session, name, options)));
  return withExamples(command, [
    ['meshwright uninstall checkout-mesh', 'read the plan, then answer yes'],
    ['meshwright uninstall checkout-mesh --confirm --wait --reason "moved to ambient"', 'for scripts'],
  ]);
}

async function uninstall(session: Session, name: string, options: Options): Promise<ExitCode> {
  const client = await session.temporal();
  const { pattern } = parseRolloutReference(name);
  const stated = await statedIdentity(options.as, session.host.cwd);
  const record = await removalOf(session, client, { pattern, stated, options });
  const report = await untilDecidable(session, client, record, options.timeout);
  const { status } = report;
  if (status?.phase !== Phase.awaitingApproval || status.approval === undefined) {
    return showEnd(session, report);
  }
  const confirmed = await confirmRemoval(session, client, record, {
    status,
    approval: status.approval,
    stated,
    options,
  });
  if (confirmed === undefined) return ExitCode.waiting;
  if (options.wait === true) return follow(session, client, record);
  if (session.options.json) session.printJson(confirmed);
  else session.print([`Follow it: meshwright watch ${shortName(record.rollout)}`]);
  return ExitCode.done;
}

/** The removal that runs already, such as that of a file that is gone, or a new one. */
async function removalOf(
  session: Session,
  client: Client,
  { pattern, stated, options }: { pattern: string; stated: StatedIdentity; options: Options },
): Promise<RolloutRecord> {
  for (const record of await listRollouts(client, { pattern, running: true, limit: 20 })) {
    const { status } = await readRollout(client, record);
    if (status?.purpose !== Purpose.uninstall) continue;
    session.tell([`${escapeText(record.rollout)} takes it away already.`]);
    return record;
  }
  const input = await readRolloutInput(client, await findRollout(client, pattern));
  const { identity } = stated;
  const started = await startRollout(client, {
    ...input,
    purpose: Purpose.uninstall,
    request: {
      kind: RequestKind.uninstall,
      identity,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    },
  });
  session.tell([`Started ${escapeText(started.rollout)}; nothing is taken away before it is confirmed.`]);
  return { ...(await findRollout(client, started.rollout)), runId: started.runId };
}

/** Waits until its plan can be decided on, or it is over, or under way. */
async function untilDecidable(
  session: Session,
  client: Client,
  record: RolloutRecord,
  timeoutSeconds: number,
): Promise<RolloutReport> {
  const { interrupted, now } = session.host;
  const deadline = now() + timeoutSeconds * 1000;
  const progress = createProgress(session);
  let last: RolloutReport | undefined;
  try {
    for await (const report of followRollout(client, record, interrupted)) {
      last = report;
      if (hasPlanned(report) || now() > deadline) break;
      progress.show(`waiting for ${report.status?.waitingFor ?? 'its plan'}`);
    }
  } finally {
    progress.clear();
  }
  interrupted.throwIfAborted();
  if (last !== undefined && hasPlanned(last)) return last;
  throw new MeshwrightError(
    'NOT_READY',
    `${record.rollout} has no plan after ${timeoutSeconds} seconds; it goes on, and waits for its confirmation.`,
    { remedy: `See what blocks it: meshwright why ${shortName(record.rollout)}` },
  );
}

function hasPlanned(report: RolloutReport): boolean {
  const phase = phaseOfReport(report);
  return phase !== undefined && phase !== Phase.planning;
}

/** Shows the plan and has it confirmed; undefined when a person does not. */
async function confirmRemoval(
  session: Session,
  client: Client,
  record: RolloutRecord,
  {
    status,
    approval,
    stated,
    options,
  }: { status: RolloutStatus; approval: ApprovalStatus; stated: StatedIdentity; options: Options },
): Promise<RolloutStatus | undefined> {
  requireSameSubject(status, approval);
  const plans = status.targets.flatMap(({ plan }) => plan ?? []);
  if (!session.options.json) await showPlans(session, plans, options.full === true);
  const { identity } = stated;
  const name = shortName(record.rollout);
  if (options.confirm !== true && (!session.host.interactive || session.options.json)) {
    if (session.options.json) session.printJson(status);
    else session.print([`It waits to be confirmed: ${approveCommand(record.rollout, approval.subject)}`]);
    return undefined;
  }
  const question = `Take this away as ${escapeText(identity)} (stated, not verified)?`;
  if (!(await confirm(session, question, { given: options.confirm === true, flag: '--confirm' }))) {
    session.tell([`Nothing was confirmed, and it still waits; this ends it: meshwright cancel ${name}`]);
    return undefined;
  }
  const request = decisionOn(approval, { ...byHand(stated), decision: 'approve', reason: options.reason });
  const after = await decide(client, record.rollout, request);
  if (!session.options.json) {
    session.print([`Confirmed by ${escapeText(identity)} (stated, not verified).`]);
  }
  return after;
}

/** What became of it where there is nothing to confirm. */
function showEnd(session: Session, report: RolloutReport): ExitCode {
  const phase = phaseOfReport(report);
  if (session.options.json) {
    session.printJson(report.status ?? report);
    return exitCodeOfReport(report);
  }
  const failure = report.status?.failure ?? report.failure;
  const name = shortName(report.record.rollout);
  session.print([
    escapeText(`${report.record.rollout} is ${phase ?? 'running'}; there is nothing to confirm.`),
    ...(failure === undefined ? [] : [escapeText(`${failure.message} [${failure.code}]`)]),
    ...(phase !== undefined && isFinal(phase) ? [] : [`Follow it: meshwright watch ${name}`]),
  ]);
  return exitCodeOfReport(report);
}
