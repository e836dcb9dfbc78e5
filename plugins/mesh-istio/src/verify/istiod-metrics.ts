import { askPod, inBatches, type PluginContext, Pod } from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { type Sample, samplesOf } from './metrics.ts';

const port = 15014;
const connectedProxies = 'pilot_xds';
/** istiod counts these by proxy since it started; proxies themselves say nothing of routes and endpoints. */
const rejections: Record<string, string> = {
  pilot_xds_rds_reject: 'routes',
  pilot_xds_eds_reject: 'endpoints',
};

/** What all pods of istiod together know of the proxies. */
export interface IstiodView {
  connected: number;
  /** What was rejected, by the pod's `<namespace>/<name>`. */
  rejected: Map<string, string[]>;
}

/**
 * Asks every running pod of a revision's istiod: each knows the proxies that are connected to it. Gives the problems of
 * those that do not answer.
 */
export async function askIstiod(
  revision: string,
  context: PluginContext,
): Promise<IstiodView | { problems: string[] }> {
  const objects = await context.cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: systemNamespace,
    labelSelector: `app=istiod,istio.io/rev=${revision}`,
  });
  const pods = objects
    .map((object) => Pod.parse(object))
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase === 'Running');
  const answers = await inBatches(pods, ({ metadata }) =>
    askPod(context, { namespace: systemNamespace, pod: metadata.name, port, path: '/metrics' }),
  );
  const problems = answers.flatMap((answer) =>
    'problem' in answer ? [`istiod does not answer: ${answer.problem}`] : [],
  );
  if (problems.length > 0) return { problems };
  const names = new Set([connectedProxies, ...Object.keys(rejections)]);
  return viewOf(answers.flatMap((answer) => ('body' in answer ? samplesOf(answer.body, names) : [])));
}

function viewOf(samples: Sample[]): IstiodView {
  const view: IstiodView = { connected: 0, rejected: new Map() };
  for (const { name, labels, value } of samples) {
    const what = rejections[name];
    if (what === undefined) view.connected += value;
    else if (value > 0 && labels.node !== undefined) {
      const pod = podOf(labels.node);
      view.rejected.set(pod, [...(view.rejected.get(pod) ?? []), what]);
    }
  }
  return view;
}

/** istiod names a proxy `<pod>.<namespace>`; a namespace has no dots. */
function podOf(node: string): string {
  const dot = node.lastIndexOf('.');
  return `${node.slice(dot + 1)}/${node.slice(0, dot)}`;
}
