import { trialRecordOf } from '@meshwright/histogram';
import { type LoadActivities, MeshwrightError, type TrialInput } from '@meshwright/model';
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
        const context = { programs, signal };
        const unavailable = await plugin.unavailable(context);
        // Never another one in its place: what it measures would be compared with what this one measured.
        if (unavailable !== undefined) throw new MeshwrightError('LOAD_UNAVAILABLE', unavailable);
        return trialRecordOf(await plugin.run(request, context));
      }),
  };
}
