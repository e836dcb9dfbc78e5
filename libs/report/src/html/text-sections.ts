import { comparisonLine } from '../comparison-line.ts';
import { costGap, costRows } from '../costs.ts';
import { percent, plural } from '../figures.ts';
import { type Markup, markup } from '../markup.ts';
import { confidenceOf, type MeasuredBaseline } from '../measured.ts';
import { setupOf } from '../setup.ts';
import { metricTitle, type TrialRow, trialRows } from '../trials.ts';
import { scrolling } from './table.ts';

/** More rows than this are nobody's reading. */
const mostRows = 200;

/** All trials, in the order in which they ran. */
export function trialsSection(baseline: MeasuredBaseline): Markup {
  const rows = trialRows(baseline);
  if (rows.length === 0) return markup`<section>\n<h2>Trials</h2>\n<p>There is none yet.</p>\n</section>`;
  const left = rows.length - mostRows;
  const titles = baseline.status.metrics.map(
    (metric) => markup`<th class="number">${metricTitle(metric)}</th>`,
  );
  return markup`<section>
<h2>Trials</h2>
${scrolling(
  'Trials',
  markup`<table>
<thead><tr><th>block</th><th>arm</th>${titles}<th class="number">sent a second</th><th class="number">requests</th><th>errors</th><th>valid</th></tr></thead>
<tbody>
${rows.slice(0, mostRows).map(trialRow)}</tbody>
</table>`,
)}
${left > 0 ? markup`<p>… ${plural(left, 'more trial')}.</p>\n` : ''}</section>`;
}

function trialRow(
  { block, arm, isValid, rate, requests, errors, figures, reason }: TrialRow,
  place: number,
): Markup {
  const isFirst = place % 2 === 0;
  const kinds = [isFirst ? 'pair' : '', isValid ? '' : 'lost'].filter((kind) => kind !== '').join(' ');
  const numbers = [...figures, rate, requests].map((text) => markup`<td class="number">${text}</td>`);
  const validity = isValid ? markup`<td>yes</td>` : markup`<td class="reason">no: ${reason}</td>`;
  return markup`<tr class="${kinds}"><td>${isFirst ? String(block) : ''}</td><td><b class="${arm}">${arm.toUpperCase()}</b></td>${numbers}<td>${errors}</td>${validity}</tr>
`;
}

/** What both arms used; nothing where that is not known and nobody asked. */
export function costSection(baseline: MeasuredBaseline): Markup | string {
  const rows = costRows(baseline);
  const gap = costGap(baseline);
  if (rows.length === 0 && gap === undefined) return '';
  const lines = rows.map(
    ({ title, a, b, change }) =>
      markup`<tr><td>${title}</td><td class="number">${a}</td><td class="number">${b}</td><td class="number">${change}</td></tr>\n`,
  );
  const content = scrolling(
    'What it costs',
    markup`<table>
<thead><tr><th>used</th><th class="number">A</th><th class="number">B</th><th class="number">B against A</th></tr></thead>
<tbody>
${lines}</tbody>
</table>`,
  );
  return markup`<section>
<h2>What it costs</h2>
<p>Medians of the valid trials. Processor time is judged where the metric cpu has a limit.</p>
${rows.length === 0 ? '' : content}
${gap === undefined ? '' : markup`<p>${gap}</p>\n`}</section>`;
}

/** What was measured and how. */
export function setupSection(baseline: MeasuredBaseline): Markup {
  const facts = setupOf(baseline).map(([fact, said]) => markup`<dt>${fact}</dt><dd>${said}</dd>\n`);
  return markup`<section>
<h2>What was measured, and how</h2>
<dl>
${facts}</dl>
</section>`;
}

/** How a reader comes to the verdict without us. */
export function judgeSection(baseline: MeasuredBaseline): Markup {
  const looks = baseline.input.looks.length;
  const differs =
    looks > 1
      ? ` It takes the trials for a comparison that is looked at once, and gives the interval of 90 %; the one above is of ${percent(confidenceOf(baseline.input))}, because the comparison may have been looked at ${looks} times.`
      : '';
  return markup`<section>
<h2>Judge it yourself</h2>
<p>Save the line below as <code>comparison.jsonl</code> and run <code>meshwright judge --input comparison.jsonl</code>. It needs no server.${differs} How verdicts come about is written in <code>docs/measuring.md</code>.</p>
<details class="again"><summary>The comparison as a line of JSON</summary>
<pre>${comparisonLine(baseline)}</pre>
</details>
</section>`;
}
