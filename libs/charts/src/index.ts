export { type Charts, type ChartsAvailability, type ChartsOptions, openCharts } from './charts.ts';
export type { ChartSource } from './source.ts';
export type { ChartDigests } from './pins.ts';
