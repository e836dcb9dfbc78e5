export { canRunNode, type NodeCapability } from './capability.ts';
export { closeHousing, openHousing, type NodeHousing } from './housing.ts';
export { addIstioVersion } from './istio-version.ts';
export { istioValues } from './istio-values.ts';
export type { NodeNetwork } from './network.ts';
export { startNodeProfile, stopNodeProfile } from './profile.ts';
export { startNode, type NodeOptions, type NodePrograms } from './node.ts';
