export { type BundleOptions, loadWorkflowBundle, type WorkflowBundle } from './load.ts';
