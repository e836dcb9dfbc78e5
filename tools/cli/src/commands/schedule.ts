import { Command, type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { ExitCode } from '../exit-code.ts';
import { comparingCommand, comparisonOf } from '../measuring/comparing.ts';
import { renderSchedule, renderSchedules } from '../render/schedules.ts';
import { escapeText } from '@meshwright/wording';
import {
  createSchedule,
  deleteSchedule,
  listSchedules,
  pauseSchedule,
  readSchedule,
  resumeSchedule,
} from '../schedules/schedules.ts';
import { parseEvery, whenOf } from '../schedules/when.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright schedule create|list|show|pause|resume|delete`. */
export function createScheduleCommand(session: Session): CommandUnknownOpts {
  const command = new Command('schedule')
    .summary('measure a comparison again and again')
    .description(
      'Measures a comparison at set times, as `meshwright measure` does by hand. Schedules are those of Temporal: they go on ' +
        'without this command, can be read in the Temporal UI, and begin nothing while their run before is not over. Each ' +
        'run is kept in the results database like any other, for `meshwright baselines --metric`.',
    )
    .addCommand(creating(session))
    .addCommand(listing(session))
    .addCommand(showing(session))
    .addCommand(pausing(session))
    .addCommand(resuming(session))
    .addCommand(deleting(session));
  return withExamples(command, [
    [
      "meshwright schedule create nightly --cron '0 3 * * *' --profile performance/checkout.yaml --a … --b …",
      'every night',
    ],
    ['meshwright schedule list', 'what is measured when?'],
  ]);
}

function creating(session: Session): CommandUnknownOpts {
  const command = comparingCommand('create')
    .summary('measure two addresses at set times')
    .description(
      'Has two addresses measured and compared at the times of a cron expression or at an interval. What is measured is said as ' +
        'for `meshwright measure`; a profile is read now, and not again. The same command once more changes nothing; with ' +
        'other settings it is refused and says which, unless it is to replace them.',
    )
    .argument('<name>', 'how the schedule and its baselines are called', parseName)
    .option('--cron <expression>', 'minute, hour, day of month, month, day of week')
    .option('--timezone <name>', 'of the hours of --cron, such as Europe/Berlin; UTC unless told')
    .option('--every <time>', 'an interval instead, such as 90m, 6h or 1d', parseEvery)
    .option('--replace', 'change the settings of one that is there', false)
    .action(async (name, { cron, timezone, every, replace, ...options }) => {
      const when = whenOf({
        ...(cron === undefined ? {} : { cron }),
        ...(timezone === undefined ? {} : { timezone }),
        ...(every === undefined ? {} : { every }),
      });
      const input = await comparisonOf(session, { ...options, name });
      if (input === undefined) {
        session.end(ExitCode.invalid);
        return;
      }
      const client = await session.temporal();
      const outcome = await createSchedule(client, { name, when, input }, { replace });
      await show(session, name, outcome);
    });
  return withExamples(command, [
    [
      'meshwright schedule create hourly --every 1h --a http://shop-v1:8080/ --b http://shop-v2:8080/',
      'every hour',
    ],
    [
      "meshwright schedule create nightly --cron '0 3 * * 1-5' --timezone Europe/Berlin --profile performance/checkout.yaml --a … --b …",
      'as a profile says, on working days at three',
    ],
    ['meshwright schedule create hourly --every 2h --a … --b … --replace', 'less often from now on'],
  ]);
}

function listing(session: Session): CommandUnknownOpts {
  const command = new Command('list')
    .summary('list the schedules')
    .description(
      'Lists the schedules with their next times. One that was made this second may be missing yet.',
    )
    .action(async () => {
      const schedules = await listSchedules(await session.temporal());
      if (session.options.json) session.printJson(schedules);
      else if (schedules.length === 0) session.tell(['There is no schedule.']);
      else session.print(renderSchedules(schedules, session.view()));
      session.end(ExitCode.done);
    });
  return withExamples(command, [['meshwright schedule list', 'what is measured when?']]);
}

function showing(session: Session): CommandUnknownOpts {
  const command = new Command('show')
    .summary('show a schedule')
    .description('Shows what a schedule measures, when, and its last runs by the ids of their baselines.')
    .argument('<name>', 'the schedule')
    .action((name) => show(session, name));
  return withExamples(command, [
    ['meshwright schedule show nightly', 'how is it doing?'],
    ['meshwright schedule show nightly --json', 'for programs'],
  ]);
}

function pausing(session: Session): CommandUnknownOpts {
  const command = new Command('pause')
    .summary('begin no more runs of a schedule')
    .description('Has a schedule begin nothing until it is resumed. A run that it has begun goes on.')
    .argument('<name>', 'the schedule')
    .option('--reason <text>', 'why, for those who look at it', 'paused')
    .action(async (name, { reason }) => {
      await pauseSchedule(await session.temporal(), name, reason);
      await show(session, name, 'paused');
    });
  return withExamples(command, [
    ["meshwright schedule pause nightly --reason 'the cluster moves'", 'for as long as that takes'],
  ]);
}

function resuming(session: Session): CommandUnknownOpts {
  const command = new Command('resume')
    .summary('go on with a schedule')
    .description('Has a schedule that was paused go on at its next time. What was missed is not made up for.')
    .argument('<name>', 'the schedule')
    .action(async (name) => {
      await resumeSchedule(await session.temporal(), name);
      await show(session, name, 'resumed');
    });
  return withExamples(command, [['meshwright schedule resume nightly', 'go on']]);
}

function deleting(session: Session): CommandUnknownOpts {
  const command = new Command('delete')
    .summary('end a schedule')
    .description(
      'Deletes a schedule. What it has begun goes on, and the baselines that it has measured stay.',
    )
    .argument('<name>', 'the schedule')
    .action(async (name) => {
      await deleteSchedule(await session.temporal(), name);
      if (session.options.json) session.printJson({ outcome: 'deleted', name });
      else session.print([`${escapeText(name)}: deleted`]);
      session.end(ExitCode.done);
    });
  return withExamples(command, [['meshwright schedule delete nightly', 'measure it no more']]);
}

async function show(session: Session, name: string, outcome?: string): Promise<void> {
  const schedule = await readSchedule(await session.temporal(), name);
  if (session.options.json) session.printJson(outcome === undefined ? schedule : { outcome, schedule });
  else {
    if (outcome !== undefined) session.print([`${escapeText(name)}: ${outcome}`]);
    session.print(renderSchedule(schedule, session.view()));
  }
  session.end(ExitCode.done);
}

/** As it stands in ids. */
function parseName(text: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,59}$/i.test(text)) return text;
  throw new InvalidArgumentError('It is at most 60 letters, digits and ._-, such as nightly.');
}
