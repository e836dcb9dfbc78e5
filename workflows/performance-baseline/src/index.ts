export { metricsTable } from './details.ts';
export { blockOf, compareConcurrently, type Comparing } from './compare.ts';
export { keepBaseline, type Keeping } from './keep.ts';
export { performanceBaseline } from './performance-baseline.ts';
export { isValid, measureWindow, runTrial, type Sending, type WindowWish } from './window.ts';
