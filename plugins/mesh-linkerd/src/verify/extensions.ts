import {
  availabilityOf,
  type Check,
  type ClusterPort,
  Deployment,
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
async function problemsOf(component: Component, cluster: ClusterPort): Promise<string[] | undefined> {
  const { namespace } = charts[chartOf[component]];
  const objects = await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment', namespace });
  if (objects.length === 0) return undefined;
  return objects
    .map((object) => availabilityOf(Deployment.parse(object)))
    .filter((problem) => problem !== undefined);
}
