import type { ForeignRules } from '@meshwright/plugin-sdk';
import { describe } from './installed.ts';
import { ciliumOperator, cloudProvider } from './managers.ts';

/** What other tools keep of Cilium. */
export const foreignRules: ForeignRules = {
  mesh: { name: 'Cilium', one: 'A Cilium' },
  describe,
  operators: {
    [ciliumOperator]: 'Remove the operator and leave its objects behind, so that somebody else can keep them',
    [cloudProvider]: 'Choose a cluster that brings its own CNI plugin',
  },
  versionRemedy: 'Let the image of its agents name the version in its tag',
};
