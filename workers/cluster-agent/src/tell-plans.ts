import type { TargetActivities } from '@meshwright/model';
import type { Metrics } from '@meshwright/telemetry';

/** The same activities; every plan that is made is told, with the drift it found. */
export function tellPlans<Activities extends Pick<TargetActivities, 'planChange'>>(
  activities: Activities,
  metrics: Pick<Metrics, 'planned'>,
): Activities {
  return {
    ...activities,
    async planChange(input) {
      const plan = await activities.planChange(input);
      const { action, drifted = 0 } = plan;
      const { cluster, pattern, purpose } = input;
      metrics.planned({ cluster, pattern, purpose, action, drifted });
      return plan;
    },
  };
}
