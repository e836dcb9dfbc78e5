import { MeshwrightError } from '@meshwright/model';
import {
  type Check,
  healthy,
  type PluginContext,
  type Verification,
  type VerifyChange,
} from '@meshwright/plugin-sdk';
import { checkDefinitions } from './definitions.ts';
import { checkNodes } from './nodes.ts';
import { checkEndpoints } from './pods.ts';
import { checkPreFlight } from './pre-flight.ts';
import { checkHubble, checkRelease } from './release.ts';

const checks: Record<string, Check> = {
  'pre-flight': checkPreFlight,
  release: checkRelease,
  verify: checkMesh,
};

/** Looks once whether a stage of this plugin is healthy. @throws MeshwrightError INVALID_INPUT for another stage. */
export async function verify(
  stage: string,
  change: VerifyChange,
  context: PluginContext,
): Promise<Verification> {
  const check = checks[stage];
  if (check !== undefined) return check(change, context);
  throw new MeshwrightError(
    'INVALID_INPUT',
    `Cilium has no stage "${stage}": it has ${Object.keys(checks).join(', ')}.`,
  );
}

/**
 * What `cilium status` looks at, as far as the API server knows it: agents, proxies and operator, Hubble, the kinds and the
 * nodes that Cilium keeps, and the pods that it manages. What only an agent knows of itself, such as its health in detail
 * or the state of an eBPF map, is in its readiness.
 */
async function checkMesh(change: VerifyChange, context: PluginContext): Promise<Verification> {
  const notes: string[] = [];
  for (const check of [checkRelease, checkHubble, checkDefinitions, checkNodes, checkEndpoints]) {
    const verification = await check(change, context);
    if (verification.state !== 'healthy') return verification;
    notes.push(verification.note);
  }
  return healthy(notes.filter((note) => note !== '').join('; '));
}
