import type { CostFigure } from '@meshwright/model';
import { costFigures } from '@meshwright/statistics';
import { amount, nothing, signedPercent } from './figures.ts';
import type { MeasuredBaseline } from './measured.ts';
import { clipped, type Quote, asIs } from './plain.ts';

/** One kind of use as a row of text; nothing in it is foreign. */
export interface CostRow {
  title: string;
  a: string;
  b: string;
  /** B against A. */
  change: string;
}

const titles: Readonly<Record<string, string>> = {
  proxyCpu: 'Proxies: processor time of 1,000 requests',
  proxyMemory: 'Proxies: memory',
  controlPlaneCpu: 'Control plane: processor time in a second',
  controlPlaneMemory: 'Control plane: memory',
  nodeCpu: 'Nodes: processor time of 1,000 requests',
  nodeMemory: 'Nodes: memory',
};

const megabyte = 1e6;

/** What each arm used, as medians over its valid trials; empty where nothing is known. */
export function costRows({ status }: MeasuredBaseline): CostRow[] {
  const figures = costFigures(status.blocks);
  return Object.entries(titles).flatMap(([name, title]) => {
    const [a, b] = (['a', 'b'] as const).map((arm) =>
      figures.find((figure) => figure.arm === arm && figure.name === name),
    );
    if (a === undefined && b === undefined) return [];
    const isComparable = a !== undefined && b !== undefined && a.value > 0;
    const change = isComparable ? signedPercent(b.value / a.value - 1) : nothing;
    return [{ title, a: figureText(a), b: figureText(b), change }];
  });
}

function figureText(figure: CostFigure | undefined): string {
  if (figure === undefined) return nothing;
  return figure.unit === 'bytes' ? amount(figure.value / megabyte, 'MB') : amount(figure.value, 'ms');
}

/** Why the cost of some trials is not known, in the words of the first that says so. */
export function costGap({ status }: MeasuredBaseline, quote: Quote = asIs): string | undefined {
  const trials = status.blocks.flatMap(({ a, b }) => [a, b]);
  const without = trials.filter(({ noCost }) => noCost !== undefined);
  const [first] = without;
  if (first?.noCost === undefined) return undefined;
  return `Of ${without.length} of ${trials.length} trials not all is known: ${quote(clipped(first.noCost, 300))}`;
}
