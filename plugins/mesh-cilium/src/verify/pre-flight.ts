import { plural } from '@meshwright/model';
import {
  availabilityOf,
  coverageOf,
  DaemonSet,
  Deployment,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { agents, operator, preFlightCheck } from '../names.ts';

/** The Deployment beside the check of the nodes, which reads every policy as the new version would. */
const validator = { ...operator, name: preFlightCheck.name };

/**
 * The new images run on every node that has an agent, and the new version reads every policy: what Cilium's upgrade guide
 * waits for before it goes on.
 */
export async function checkPreFlight(
  _change: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const [check, running, policies] = await Promise.all([
    cluster.get(preFlightCheck),
    cluster.get(agents),
    cluster.get(validator),
  ]);
  if (check === undefined) return waitingFor([`DaemonSet ${preFlightCheck.name} is not there`], '');
  const daemonSet = DaemonSet.parse(check);
  const covered = daemonSet.status.desiredNumberScheduled;
  const wanted = running === undefined ? covered : DaemonSet.parse(running).status.desiredNumberScheduled;
  const problems = [
    coverageOf(daemonSet),
    covered < wanted ? `the check wants ${plural(covered, 'node')}, and ${wanted} have agents` : undefined,
    // Without validation of policies (preflight.validateCNPs) there is none.
    policies === undefined ? undefined : policyProblem(Deployment.parse(policies)),
  ];
  return waitingFor(
    problems.filter((problem) => problem !== undefined),
    `the new version can run on ${plural(covered, 'node')}`,
  );
}

function policyProblem(deployment: Deployment): string | undefined {
  const problem = availabilityOf(deployment);
  if (problem === undefined) return undefined;
  return `${problem} It becomes ready once it has found every policy valid: its log says which are not.`;
}
