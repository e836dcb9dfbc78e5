export { type JudgedChange, svgVerdict, type VerdictPicture } from './gate-verdict.ts';
export { headline } from './headline.ts';
export { htmlReport } from './html/page.ts';
export { markdownReport } from './markdown.ts';
export type { MeasuredBaseline } from './measured.ts';
export { type RatiosOptions, svgCurve, svgRatios, svgSummary } from './svg.ts';
