import { Contrast, Verdict } from '@meshwright/model';
import { leastPairs } from '@meshwright/statistics';
import { amount, count, isPositive, percent, plural, rareShare } from './figures.ts';
import { byReach, type Finding, findingsOf } from './findings.ts';
import { arms, confidenceOf, failuresOf, isValid, type MeasuredBaseline, trialsOf } from './measured.ts';
import { asIs, clipped, listed, type Quote } from './plain.ts';

/** More blocks than this are not worth their time: each is two trials. */
const mostBlocks = 60;

/**
 * What a reader of the verdict has to know beside it, in sentences: that it is advice, why it is open and what would help,
 * what was lost, and what failed.
 */
export function advice(baseline: MeasuredBaseline, quote: Quote = asIs): string[] {
  const { input, status } = baseline;
  const isOpen = status.judgement?.verdict === Verdict.inconclusive;
  const open = findingsOf(baseline).filter(({ verdict }) => isOpen && verdict === Verdict.inconclusive);
  return [
    ...(input.contrast === Contrast.advisory && status.judgement !== undefined ? [advisory] : []),
    ...tooFew(
      open.filter(({ interval }) => interval === undefined),
      baseline,
      quote,
    ),
    ...undecided(
      open.filter(({ interval }) => interval !== undefined),
      quote,
    ),
    ...lostTrials(baseline),
    ...failedRequests(baseline),
  ];
}

const advisory =
  'This is advice only: both sides were measured before and after, without a control, so a drift of the machine looks like ' +
  'the change. To be sure, measure both while they are live at once.';

function tooFew(findings: readonly Finding[], { input, status }: MeasuredBaseline, quote: Quote): string[] {
  if (findings.length === 0) return [];
  const used = Math.max(...findings.map(({ judged }) => judged?.blocks ?? 0));
  const could =
    `${listed(namesOf(findings, quote))} could be used in ${count(used)} of ${plural(status.blocks.length, 'block')}, and ` +
    `${leastPairs(confidenceOf(input))} are needed at least.`;
  return [used < status.blocks.length ? `${could} ${whyLost}` : could];
}

const whyLost =
  'What was lost is in the table of trials, with the reason: a generator that lags needs a lower rate or a quieter machine, a ' +
  'percentile more requests in each trial.';

function undecided(findings: readonly Finding[], quote: Quote): string[] {
  const [first, ...others] = findings.toSorted(byReach);
  if (first === undefined) return [];
  if (others.length === 0) return [helpOf(first, quote)];
  const are = others.length === 1 ? 'is' : 'are';
  return [
    helpOf(first, quote),
    `${listed(namesOf(others, quote))} ${are} open too; “could show” in the table is the least effect that the blocks show ` +
      'four times in five.',
  ];
}

function namesOf(findings: readonly Finding[], quote: Quote): string[] {
  return findings.map(({ metric }) => quote(clipped(metric.name, 24)));
}

function helpOf(finding: Finding, quote: Quote): string {
  const { interval = [1, 1], limit } = finding;
  const [name = ''] = namesOf([finding], quote);
  const reached = (finding.ratio ?? 1) - 1 >= limit.relative;
  if (interval[0] > 1 && reached && (finding.difference ?? 0) < limit.absolute) {
    return (
      `${name} is above its limit as a share, and that is only ${amount(finding.difference, finding.metric.unit, quote)}: less than the ` +
      `${amount(limit.absolute, finding.metric.unit, quote)} from which it counts. More blocks will not change this.`
    );
  }
  if (interval[0] > 1) {
    return (
      `${name} is worse, and whether by more than ${percent(limit.relative)} is open. ${moreBlocks(finding)} ` +
      'Or who owns the workload decides whether it may be that much worse.'
    );
  }
  return `${name} may be unchanged, and may be worse by more than ${percent(limit.relative)}. ${moreBlocks(finding)}`;
}

/** What the blocks could show, and how many of them, or how much calmer ones, would show the limit. */
function moreBlocks({ judged, limit }: Finding): string {
  const { blocks = 0, sd, detectable } = judged ?? {};
  if (!isPositive(detectable) || !isPositive(sd) || !isPositive(limit.relative)) return 'More blocks help.';
  const could = `${plural(blocks, 'block')} that scatter by ${percent(sd)} show an effect of ${percent(detectable)} or more four times in five.`;
  const missing = detectable / limit.relative;
  if (missing <= 1) return `${could} Measured again, it is likely to be decided.`;
  const needed = Math.ceil(blocks * missing ** 2);
  const calmer = `a quieter machine, on which they scatter by ${percent(sd / missing)}`;
  return needed > mostBlocks
    ? `${could} To show ${percent(limit.relative)}, it takes ${calmer}; more blocks alone would be too many.`
    : `${could} To show ${percent(limit.relative)}, it takes about ${plural(needed, 'block')}, or ${calmer}.`;
}

function lostTrials(baseline: MeasuredBaseline): string[] {
  const all = arms.flatMap((arm) => trialsOf(baseline, arm));
  const lost = all.filter((trial) => !isValid(trial)).length;
  if (lost === 0) return [];
  return [
    `${count(lost)} of ${plural(all.length, 'trial')} ${lost === 1 ? 'was' : 'were'} not valid and not judged.`,
  ];
}

function failedRequests(baseline: MeasuredBaseline): string[] {
  const failures = arms.map((arm) => ({ arm: arm.toUpperCase(), ...failuresOf(baseline, arm) }));
  if (failures.every(({ failed }) => failed === 0)) return [];
  const said = failures.map(
    ({ arm, failed, requests }) =>
      `${count(failed)} of ${count(requests)} with ${arm} (${rareShare(failed, requests)})`,
  );
  return [
    `Requests failed: ${said.join(', ')}. The verdict counts them: B is worse where more of its requests fail than chance and the limit on errors together allow.`,
  ];
}
