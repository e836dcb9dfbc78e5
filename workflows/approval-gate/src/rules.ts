import type { ApprovalRules, WindowState } from '@meshwright/model';
import { gatewayActivities } from '@meshwright/workflow-kit';

/** Who may decide, as the policy of the repository says now; undefined where it has none. */
export async function readRules(repository: string): Promise<ApprovalRules | undefined> {
  const { rules } = await gatewayActivities(`who may decide in ${repository}`).readRules({ repository });
  return rules;
}

/** When what a gate lets through may begin. */
export interface GateTimes {
  pattern: string;
  clusters: readonly string[];
}

/** Whether changes may begin now; asked only where the policy has times at all. */
export async function askTimes(
  { rules, repository }: { rules: ApprovalRules | undefined; repository: string },
  times: GateTimes | undefined,
): Promise<WindowState> {
  if (rules?.timed !== true || times === undefined) return {};
  const { policy } = rules;
  return gatewayActivities(`may ${times.pattern} of ${repository} change now`).checkWindows({
    policy,
    ...times,
  });
}
