export { canRunNode, type NodeCapability } from './capability.ts';
export { addIstioVersion } from './istio-version.ts';
export { istioctlSettings, istioValues } from './istio-values.ts';
export { startNodeProfile, stopNodeProfile } from './profile.ts';
