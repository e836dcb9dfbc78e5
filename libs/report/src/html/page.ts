import { createHash } from 'node:crypto';
import { advice } from '../advice.ts';
import { curvesOf } from '../curves.ts';
import { findingsOf } from '../findings.ts';
import { headline, otherMetrics } from '../headline.ts';
import { Markup, markup } from '../markup.ts';
import type { MeasuredBaseline } from '../measured.ts';
import { clipped } from '../plain.ts';
import { blocksSection, curveSection, verdictsSection } from './chart-sections.ts';
import { pageStyle } from './style.ts';
import { costSection, judgeSection, setupSection, trialsSection } from './text-sections.ts';

/**
 * The comparison as one HTML page. It needs nothing from outside and runs nothing: its content security policy allows its
 * own style and nothing else.
 */
export function htmlReport(baseline: MeasuredBaseline): string {
  const title = headline(baseline);
  const { source } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${clipped(baseline.status.name, 80)}: ${title}</title>
<style>${new Markup(pageStyle)}</style>
</head>
<body>
${header(baseline, title)}
<main>
${verdictsSection(findingsOf(baseline))}
${curveSection(curvesOf(baseline))}
${blocksSection(baseline)}
${costSection(baseline)}
${trialsSection(baseline)}
${setupSection(baseline)}
${judgeSection(baseline)}
</main>
</body>
</html>
`;
  return source;
}

const digest = createHash('sha256').update(pageStyle).digest('base64');
const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;

function header(baseline: MeasuredBaseline, title: string): Markup {
  const { status } = baseline;
  const others = otherMetrics(baseline);
  const notes = advice(baseline).map((note) => markup`<li>${note}</li>\n`);
  return markup`<header class="${status.judgement?.verdict ?? 'open'}">
<p class="name">${clipped(status.name, 80)}: B compared with A</p>
<h1>${title}</h1>
${others === undefined ? '' : markup`<p>${others}</p>\n`}${notes.length === 0 ? '' : markup`<ul>\n${notes}</ul>\n`}</header>`;
}
