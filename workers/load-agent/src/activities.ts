import { trialRecordOf } from '@meshwright/histogram';
import type { LoadActivities, TrialInput } from '@meshwright/model';
import type { LoadRegistry, ProgramPort } from '@meshwright/plugin-sdk';
import { heartbeating } from '@meshwright/temporal';

/** The activities of a load agent. */
export function createLoadActivities({
  generators,
  programs,
}: {
  generators: LoadRegistry;
  programs: ProgramPort;
}): LoadActivities {
  return {
    runTrial: ({ generator, request }: TrialInput) =>
      heartbeating(async (signal) => {
        const plugin = generators.generator(generator);
        return trialRecordOf(await plugin.run(request, { programs, signal }));
      }),
  };
}
