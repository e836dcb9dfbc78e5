export {
  gatewayActivities,
  keepingActivities,
  loadActivities,
  repositoryActivities,
  targetActivities,
  type LoadCall,
  type TargetCall,
} from './activities.ts';
export { attributePairs, setAttributes, type Attributes } from './attributes.ts';
export { codeSpan as code, escapeMarkdown } from '@meshwright/model';
export { failRun } from './failing.ts';
export { codeBlock, failureSection, summary, table, workflowLink } from './markdown.ts';
export { sha256 } from './sha256.ts';
