export * from './activities.ts';
export * from './diagnostic.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './kubernetes.ts';
export * from './pattern.ts';
export * from './plan.ts';
export * from './rollout.ts';
