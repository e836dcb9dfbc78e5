import { Markup, markup, together } from '../markup.ts';
import { chartStyle } from './style.ts';

/** A drawing; coordinates are pixels at its natural size. */
export interface Picture {
  width: number;
  height: number;
  /** What it shows, for those who hear it. */
  label: string;
  content: Markup;
}

/** The widths for which everything is drawn: a desk and paper, and a phone. */
export const widths = { wide: 860, narrow: 350 } as const;

/** A picture within a page that has the style of charts. */
export function inline({ width, height, label, content }: Picture, kind: keyof typeof widths): Markup {
  return markup`<svg class="chart ${kind}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">${content}</svg>`;
}

/** A picture of its own, as a file of SVG. */
export function standalone({ width, height, label, content }: Picture): string {
  const edge = 16;
  const [outerWidth, outerHeight] = [width + 2 * edge, height + 2 * edge];
  const { source } =
    markup`<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${outerWidth} ${outerHeight}" width="${outerWidth}" height="${outerHeight}" role="img" aria-label="${label}">
<style>${new Markup(chartStyle)}</style>
<rect class="ground" width="${outerWidth}" height="${outerHeight}" rx="8"/>
<g transform="translate(${edge} ${edge})">${content}</g>
</svg>
`;
  return source;
}

/** A picture that only says why there is nothing to see. */
export function emptyPicture(why: string, width: number): Picture {
  const content = markup`<text class="quiet" x="0" y="24">${why}</text>`;
  return { width, height: 36, label: why, content };
}

/** Pictures under each other. */
export function stacked(pictures: readonly Picture[], gap: number): Picture {
  const parts: Markup[] = [];
  let top = 0;
  for (const { height, content } of pictures) {
    parts.push(markup`<g transform="translate(0 ${top})">${content}</g>\n`);
    top += height + gap;
  }
  return {
    width: Math.max(...pictures.map(({ width }) => width)),
    height: top - gap,
    label: pictures.map(({ label }) => label).join(' '),
    content: together(parts),
  };
}
