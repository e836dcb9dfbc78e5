import type { EvidenceStore } from '@meshwright/evidence';
import type { GatewayActivities } from '@meshwright/model';
import { windowState } from '@meshwright/pattern';
import type { Logger } from '@meshwright/telemetry';
import type { Engine } from '../engine.ts';
import type { Services } from '@meshwright/services';
import { findOrigin, readPullRequest } from './origin.ts';
import { createPlanReader } from './plan-facts.ts';
import { createPolicies } from './policy.ts';
import { takeDelivery } from './take-delivery.ts';
import { tell } from './tell.ts';

export interface GatewayActivityOptions {
  engine: Engine;
  services: Services;
  evidence: EvidenceStore;
  logger: Logger;
  /** Where people see a run of a workflow. */
  runUrl?: ((workflow: string, run: string) => string) | undefined;
}

/** The activities of the task queue `gateway`. */
export function createGatewayActivities(options: GatewayActivityOptions): GatewayActivities {
  const { evidence, logger } = options;
  const policies = createPolicies(options);
  const plans = createPlanReader(evidence, logger);
  return {
    async readRules({ repository, policy }) {
      const digest = policy ?? (await policies.current(repository));
      return digest === undefined ? {} : { rules: await policies.rules(digest) };
    },
    async checkWindows({ policy, pattern, clusters }) {
      return windowState(await policies.read(policy), { pattern, clusters }, Date.now());
    },
    findOrigin: (input) => findOrigin({ ...options, policies }, input),
    readPullRequest: (input) => readPullRequest({ ...options, policies }, input),
    tell: (input) => tell({ ...options, plans }, input),
    takeDelivery: (delivery) => takeDelivery({ ...options, policies }, delivery),
  };
}
