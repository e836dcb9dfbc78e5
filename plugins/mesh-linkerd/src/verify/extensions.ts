import {
  type Check,
  type ClusterPort,
  deploymentProblems,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { chartOf, charts, Component } from '../names.ts';

/** The Deployments of an extension are available. */
export function checkExtension(component: Component): Check {
  return async (_change, { cluster }) => {
    const problems = await problemsOf(component, cluster);
    if (problems === undefined)
      return waitingFor([`a Deployment in ${charts[chartOf[component]].namespace}`], '');
    return waitingFor(problems, `the extension ${component} is available`);
  };
}

/** Those extensions that are there, as the last look at all of the mesh. */
export async function checkInstalledExtensions(
  _change: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const problems = await Promise.all(
    Object.values(Component).map((component) => problemsOf(component, cluster)),
  );
  return waitingFor(
    problems.flatMap((lines) => lines ?? []),
    '',
  );
}

/** Undefined where the extension has no Deployment. */
function problemsOf(component: Component, cluster: ClusterPort): Promise<string[] | undefined> {
  return deploymentProblems({ namespace: charts[chartOf[component]].namespace }, cluster);
}
