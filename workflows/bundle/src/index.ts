export { loadWorkflowBundle, type WorkflowBundle } from './load.ts';
