export { openResults, type ResultsOptions } from './open.ts';
export { type PostgresOptions, type PostgresTls } from './postgres.ts';
export type {
  BaselinePage,
  BaselineSummary,
  Conditions,
  ListQuery,
  MetricSeries,
  MetricSummary,
  ResultsStore,
  SeriesPoint,
  SeriesQuery,
} from './store.ts';
