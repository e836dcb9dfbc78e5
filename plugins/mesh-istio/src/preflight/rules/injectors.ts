import { plural } from '@meshwright/model';
import { ourManager } from '@meshwright/plugin-sdk';
import { managerOf } from '../../managers.ts';
import { type Finding, type Look, type Rule } from '../finding.ts';
import { type Labels, selects } from '../labels.ts';
import type { Webhooks } from '../shapes.ts';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';

/** Nobody else would put a proxy into the pods of enrolled namespaces. */
export const injectors: Rule = {
  id: 'injector',
  title: 'Nobody else injects into enrolled namespaces, and no webhook of before is left',
  needs: ['injectors', 'validators', 'services', 'namespaces'],
  look: (view): Look => ({
    findings: [...rivals(view), ...orphans(view), ...otherMeshes(view)],
    looked: `${plural(view.injectors.length, 'mutating webhook configuration')} looked at`,
  }),
};

/** Another Istio's injector that would take the same pods. */
function rivals(view: View): Finding[] {
  if (view.adopt) return [];
  return foreign(view.injectors, '.istio.io').flatMap((subject) => {
    const taken = [...view.enrolled].filter((name) => takes(subject, labelsIn(name, view)));
    if (taken.length === 0 || deadService(subject, view) !== undefined) return [];
    const keeper = managerOf(subject.object);
    return [
      {
        object: subject.name,
        problem: `is kept by ${keeper} and injects into ${taken.join(', ')} as well`,
        remedy: `remove that Istio with ${keeper}, or leave these namespaces out of the pattern`,
        blocks: true,
      },
    ];
  });
}

/** Webhooks of an earlier Istio that nobody answers: what they take is refused. */
function orphans(view: View): Finding[] {
  return foreign([...view.injectors, ...view.validators], '.istio.io').flatMap((subject) => {
    const dead = deadService(subject, view);
    if (dead === undefined) return [];
    const isValidator = subject.object.kind === 'ValidatingWebhookConfiguration';
    const taken = [...view.enrolled].filter((name) => takes(subject, labelsIn(name, view)));
    const effect = isValidator
      ? ': no resource of Istio could be applied'
      : taken.length === 0
        ? ''
        : `: no pod would start in ${taken.join(', ')}`;
    return [
      {
        object: subject.name,
        problem: `is left of an earlier Istio and calls the Service ${dead}, which is not there${effect}`,
        remedy: `delete it: kubectl delete ${subject.object.kind.toLowerCase()} ${subject.metadata.name}`,
        blocks: effect !== '',
      },
    ];
  });
}

function foreign(all: Subject<Webhooks>[], suffix: string): Subject<Webhooks>[] {
  return all.filter(
    ({ spec, object }) => spec.some(({ name }) => name.endsWith(suffix)) && managerOf(object) !== ourManager,
  );
}

/** The Service that a webhook calls, as `<namespace>/<name>`, where there is none of that name. */
function deadService({ spec }: Subject<Webhooks>, { services }: View): string | undefined {
  const called = spec.flatMap(({ clientConfig: { service } }) => (service === undefined ? [] : [service]));
  const dead = called.find(
    ({ namespace, name }) =>
      !services.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  );
  return dead === undefined ? undefined : `${dead.namespace}/${dead.name}`;
}

/** Whether a plain new pod of a namespace with these labels would be sent to the webhook. */
function takes({ spec }: Subject<Webhooks>, labels: Labels): boolean {
  return spec.some(
    ({ namespaceSelector, objectSelector }) =>
      selects(namespaceSelector, labels) && selects(objectSelector, {}),
  );
}

/** The labels an enrolled namespace will have. */
function labelsIn(name: string, view: View): Labels {
  const live = { ...view.liveNamespaces.get(name) };
  delete live['istio.io/rev'];
  return { ...live, 'kubernetes.io/metadata.name': name, 'istio-injection': 'enabled' };
}

/** How other meshes are asked for a proxy, where their webhook is there (each project's injection guide). */
const otherMeshesMarks: readonly { mesh: string; webhook: string; key: string; values: readonly string[] }[] =
  [
    { mesh: 'Linkerd', webhook: '.linkerd.io', key: 'linkerd.io/inject', values: ['enabled', 'ingress'] },
    {
      mesh: 'Consul',
      webhook: 'consul.hashicorp.com',
      key: 'consul.hashicorp.com/connect-inject',
      values: ['true'],
    },
    { mesh: 'Kuma', webhook: '.kuma.io', key: 'kuma.io/sidecar-injection', values: ['enabled', 'true'] },
  ];

function otherMeshes(view: View): Finding[] {
  const present = otherMeshesMarks.filter(({ webhook }) =>
    view.injectors.some(({ spec }) => spec.some(({ name }) => name.endsWith(webhook))),
  );
  return present.flatMap(({ mesh, key, values }) => {
    const isMarked = (marks: Labels) => values.includes(marks[key] ?? '');
    const namespaces = view.namespaces
      .filter(({ metadata, labels, annotations }) => {
        const live = view.liveNamespaces.get(metadata.name) ?? {};
        return view.enrolled.has(metadata.name) && [labels, annotations, live].some(isMarked);
      })
      .map(({ name }) => name);
    const workloads = view.workloads
      .filter(({ metadata, spec }) => {
        const { labels, annotations } = spec.template.metadata;
        return view.enrolled.has(metadata.namespace) && [labels, annotations].some(isMarked);
      })
      .map(({ name }) => name);
    return [...namespaces, ...workloads].map((object) => ({
      object,
      problem: `asks for a proxy of ${mesh} too: two proxies in one pod take each other's traffic`,
      remedy: `take ${key} away, or leave the namespace out of the pattern`,
      blocks: true,
    }));
  });
}
