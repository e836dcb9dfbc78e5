export { policyChange } from './policy-change.ts';
export { pullRequestPlan, type PullRequestInput } from './pull-request.ts';
