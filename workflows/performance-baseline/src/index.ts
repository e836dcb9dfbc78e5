export { performanceBaseline } from './performance-baseline.ts';
