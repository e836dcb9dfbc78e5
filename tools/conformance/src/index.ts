export { type PlanTimes, timePlans } from './mesh/plan-times.ts';
export { chartsOf, type MeshEntry, meshes } from './mesh/subjects.ts';
