import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { Arm } from '@meshwright/model';
import { marked } from '../baselines/marked.ts';
import { ExitCode } from '../exit-code.ts';
import { renderBaselines } from '../render/baselines.ts';
import { renderSeries } from '../render/series.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { parseLimit } from './rollouts.ts';

/** `meshwright baselines`. */
export function createBaselinesCommand(session: Session): CommandUnknownOpts {
  const command = baselines().action(async ({ metric, arm, endpoint, cursor, ...filter }) => {
    if (metric === undefined) await showList(session, { ...filter, cursor });
    else await showSeries(session, metric, { ...filter, arm, endpoint });
    session.end(ExitCode.done);
  });
  return withExamples(command, [
    ['meshwright baselines', 'the newest twenty'],
    ['meshwright baselines --pattern checkout-mesh --limit 100 --json', 'those of one pattern, for programs'],
    ['meshwright baselines --pattern checkout-mesh --metric p99', 'has the p99 crept up over releases?'],
  ]);
}

function baselines() {
  return new Command('baselines')
    .summary('list baselines, or show a metric over time')
    .description(
      'Lists measured baselines, newest first, from the results database; nothing else is asked. With --metric it shows the ' +
        'figures of that metric over time instead, apart for everything that was measured under other conditions, and marks ' +
        'where their level changed for good (▲ worse, ▼ better): regressions that crept in, each release too small to be ' +
        'seen alone.',
    )
    .option('--pattern <name>', 'only of this pattern')
    .option('--cluster <name>', 'only of this target')
    .option('--mesh <type>', 'only where arm B had this mesh')
    .option('--metric <name>', 'the figures of this metric over time, such as p99')
    .addOption(
      new Option('--arm <arm>', 'whose figures, with --metric')
        .choices(['a', 'b'] as const)
        .default('b' as const),
    )
    .option('--endpoint <address>', 'only of this address, with --metric')
    .option(
      '--limit <count>',
      'at most so many, of each series with --metric, from 1 to 1000',
      parseLimit,
      20,
    )
    .addOption(
      new Option('--cursor <cursor>', 'go on where the page before ended, as it has said').conflicts([
        'metric',
      ]),
    );
}

/** A release every working day for four years. */
const mostFigures = 1_000;

interface Filter {
  pattern?: string | undefined;
  cluster?: string | undefined;
  mesh?: string | undefined;
  limit: number;
}

async function showList(session: Session, query: Filter & { cursor?: string | undefined }): Promise<void> {
  const store = await session.results();
  const page = await store.list(given(query));
  if (session.options.json) session.printJson(page);
  else if (page.baselines.length === 0) session.tell([nothing(query, store.where)]);
  else session.print(renderBaselines(page.baselines, session.view()));
  if (page.next !== undefined && !session.options.json)
    session.tell([`There are more: add --cursor ${page.next}`]);
}

async function showSeries(
  session: Session,
  metric: string,
  query: Filter & { arm: Arm; endpoint?: string | undefined },
): Promise<void> {
  const store = await session.results();
  const { limit, ...which } = query;
  // Where a level changed must not depend on how much is shown.
  const all = await store.series({ metric, ...given(which), limit: mostFigures });
  const series = all.map((each) => marked(each, limit));
  if (session.options.json) session.printJson(series);
  else if (series.length === 0)
    session.tell([`No baseline has a figure for ${metric}. ${nothing(query, store.where)}`]);
  else {
    const view = session.view();
    session.print(
      series.flatMap((each, index) => [...(index === 0 ? [] : ['', '']), ...renderSeries(each, view)]),
    );
  }
}

function nothing({ pattern, cluster, mesh }: Filter, where: string): string {
  const isFiltered = [pattern, cluster, mesh].some((filter) => filter !== undefined);
  return isFiltered
    ? 'There is no such baseline; `meshwright baselines` lists all.'
    : `Nothing that was measured has been kept in ${where} yet.`;
}

/** The options that were given. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const those = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(those) as { [K in keyof T]: Exclude<T[K], undefined> };
}
