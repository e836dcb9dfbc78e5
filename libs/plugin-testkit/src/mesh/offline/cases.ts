import type { MeshCase } from '../suite.ts';
import { capabilityCases } from './capability-cases.ts';
import { chartCases } from './chart-cases.ts';
import { refusalCases } from './refusal-cases.ts';
import { renderingCases } from './rendering-cases.ts';
import type { OfflineWorld } from './world.ts';

/** What needs no cluster: real charts, rendered by Helm. */
export const offlineCases: readonly MeshCase<OfflineWorld>[] = [
  ...refusalCases,
  ...renderingCases,
  ...chartCases,
  ...capabilityCases,
];
