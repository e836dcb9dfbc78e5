import type { ForeignRules } from '@meshwright/plugin-sdk';
import { describe } from './installed.ts';
import { sailOperator } from './managers.ts';

/** What other tools keep of Istio. */
export const foreignRules: ForeignRules = {
  mesh: { name: 'Istio', one: 'An Istio' },
  describe,
  operators: { [sailOperator]: 'Remove its Istio resource and let the operator clean up' },
  versionRemedy: 'Put its version into the label app.kubernetes.io/version of its Deployment',
};
