export { createMetrics, type MetricsOptions, type RecordedMetrics } from './create.ts';
export { serveMetrics, type MetricsEndpoint, type MetricsEndpointOptions } from './endpoint.ts';
export { MetricNames } from './names.ts';
