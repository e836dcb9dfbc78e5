import { Contrast } from '@meshwright/model';
import { curvePicture } from '../charts/curve-picture.ts';
import { inline, type Picture, widths } from '../charts/picture.ts';
import { ratiosPicture } from '../charts/ratios-picture.ts';
import { verdictsPicture } from '../charts/verdicts-picture.ts';
import type { Curves } from '../curves.ts';
import { amount, percent, plural, rangeText, signedPercent } from '../figures.ts';
import { type Finding, findingsOf } from '../findings.ts';
import { type Markup, markup } from '../markup.ts';
import type { MeasuredBaseline } from '../measured.ts';
import { clipped } from '../plain.ts';
import { scrolling } from './table.ts';

/** Of so many metrics the blocks are drawn. */
const mostDrawn = 6;

/** The verdict of each metric, drawn and in figures. */
export function verdictsSection(findings: readonly Finding[]): Markup {
  const rows = findings.map(verdictRow);
  return markup`<section>
<h2>The verdict of each metric</h2>
${figure(
  (width) => verdictsPicture(findings, width),
  'Left of “no change” B is better, right of it worse. A metric has regressed when its whole interval lies right of “no change” and ' +
    'its ratio and its difference reach the limit; it has passed when its whole interval lies left of the limit. All else is inconclusive.',
)}
${scrolling(
  'Verdicts in figures',
  markup`<table>
<thead><tr><th>metric</th><th>verdict</th><th class="number">B against A</th><th class="number">interval</th><th class="number">limit</th><th class="number">difference</th><th class="number">could show</th><th class="number">B above A</th><th class="number">blocks</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`,
)}
<p class="quiet">“Could show” is the least effect that blocks which scatter like these show four times in five. “B above A” is how often a trial of B is above one of A: 50 % is no effect.</p>
</section>`;
}

function verdictRow({ metric, verdict, judged, ratio, interval, limit, difference }: Finding): Markup {
  const least = limit.absolute === 0 ? '' : `, ${amount(limit.absolute, metric.unit)}`;
  const figures = [
    signedPercent(ratio === undefined ? undefined : ratio - 1),
    rangeText(interval),
    `${percent(limit.relative)}${least}`,
    amount(difference, metric.unit),
    percent(judged?.detectable),
    percent(judged?.effect),
    String(judged?.blocks ?? 0),
  ].map((text) => markup`<td class="number">${text}</td>`);
  return markup`<tr><th>${clipped(metric.name, 24)}</th><td><b class="${verdict ?? 'open'}">${verdict ?? 'not judged'}</b></td>${figures}</tr>
`;
}

/** Latency over percentiles. */
export function curveSection(curves: Curves): Markup {
  const left = [
    ...(curves.invalid === 0 ? [] : [`${plural(curves.invalid, 'trial')} not valid and not drawn.`]),
    ...(curves.unread === 0
      ? []
      : [`${plural(curves.unread, 'trial')} without latencies that could be drawn.`]),
  ];
  return markup`<section>
<h2>Latency over percentiles</h2>
${figure(
  (width) => curvePicture(curves, width),
  'Each step to the right leaves ten times fewer requests: at 99, one in a hundred was slower. A line ends where fewer than 30 requests ' +
    `of a trial lie beyond. Requests that timed out are errors, and in no line. ${left.join(' ')}`,
)}
</section>`;
}

/** B over A in each block, of each metric. */
export function blocksSection(baseline: MeasuredBaseline): Markup {
  const findings = findingsOf(baseline).slice(0, mostDrawn);
  const controlled =
    baseline.input.contrast === Contrast.controlled
      ? ' What the untouched probe saw is taken away in the interval, and not in the marks.'
      : '';
  const figures = findings.map(
    (finding) => markup`${figure((width) => ratiosPicture(baseline, finding, width))}\n`,
  );
  return markup`<section>
<h2>Block by block</h2>
<p class="quiet">Each mark is one block, in the order in which they ran. Marks that rise or fall together over time, or differ with who ran first, say that something else than the change was at work.${controlled}</p>
${figures}</section>`;
}

/** A picture as it is drawn for a desk, and for a phone: the style shows one of them. */
function figure(draw: (width: number) => Picture, caption = ''): Markup {
  const drawn = (['wide', 'narrow'] as const).map((kind) => inline(draw(widths[kind]), kind));
  return markup`<figure>${drawn}${caption === '' ? '' : markup`<figcaption>${caption}</figcaption>`}</figure>`;
}
