import { plural } from '@meshwright/model';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import { type Hosts, hostsOf, overlap } from '../hosts.ts';
import type { Destination, VirtualService } from '../shapes.ts';
import type { Subject } from '../subject.ts';
import { type View, isMulticluster } from '../view.ts';

/** Every host, subset, gateway and delegate that a VirtualService names is there. */
export const virtualServices: Rule = {
  id: 'virtual-service',
  title: 'VirtualServices name what there is',
  needs: ['virtualServices', 'destinationRules', 'gateways', 'serviceEntries', 'services'],
  look: (view): Look => {
    const world = worldOf(view);
    return {
      findings: view.virtualServices.flatMap((subject) => [
        ...destinationsOf(subject.spec).flatMap((destination) =>
          checkDestination(subject, destination, world),
        ),
        ...checkGateways(subject, world),
        ...checkDelegates(subject, world),
      ]),
      looked: `${plural(view.virtualServices.length, 'VirtualService')} looked at`,
    };
  },
};

interface World {
  hosts: Hosts;
  /** `<host>+<subset>`, of every DestinationRule. */
  subsets: ReadonlySet<string>;
  /** The hosts of each Gateway's servers, by `<namespace>/<name>`. */
  gateways: ReadonlyMap<string, string[]>;
  /** `<namespace>/<name>` of every VirtualService. */
  names: ReadonlySet<string>;
  seesAll: boolean;
}

function worldOf(view: View): World {
  const hosts = hostsOf(view);
  const subsets = view.destinationRules.flatMap(({ spec, metadata }) =>
    spec.subsets.map(({ name }) => `${hosts.expand(spec.host, metadata.namespace)}+${name}`),
  );
  return {
    hosts,
    subsets: new Set(subsets),
    gateways: new Map(
      view.gateways.map(({ metadata, spec }) => [
        `${metadata.namespace}/${metadata.name}`,
        spec.servers.flatMap((server) => server.hosts),
      ]),
    ),
    names: new Set(view.virtualServices.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)),
    seesAll: !isMulticluster(view),
  };
}

/** Every place a VirtualService may send a request to, each once. */
function destinationsOf({ http, tls, tcp }: VirtualService): Destination[] {
  const all = [...http, ...tls, ...tcp].flatMap(({ route, mirror, mirrors }) => [
    ...[...route, ...mirrors].map(({ destination }) => destination),
    ...(mirror === undefined ? [] : [mirror]),
  ]);
  return [...new Map(all.map((it) => [`${it.host}+${it.subset}:${it.port.number ?? ''}`, it])).values()];
}

function checkDestination(
  subject: Subject<VirtualService>,
  { host, subset, port }: Destination,
  { hosts, subsets, seesAll }: World,
): Finding[] {
  const { namespace } = subject.metadata;
  if (!hosts.knows(host, namespace)) {
    const dotted = host.includes('.') && !host.endsWith('.local') && hosts.knows(...shortName(host));
    const remedy = dotted
      ? `write it in full: ${hosts.expand(...shortName(host))}`
      : 'add the Service or a ServiceEntry, or correct the name';
    const problem = `sends to the host "${host}", which no Service and no ServiceEntry has`;
    return [mistake(subject, 'IST0101', { problem, remedy, blocks: seesAll })];
  }
  const findings: Finding[] = [];
  const ports = hosts.serviceOf(host, namespace)?.spec.ports ?? [];
  if (port.number !== undefined && ports.length > 0 && !ports.some((it) => it.port === port.number)) {
    findings.push(
      mistake(subject, 'IST0101', {
        problem: `sends to port ${port.number} of "${host}", which has ${ports.map((it) => it.port).join(', ')}`,
        remedy: 'name a port of the Service, not one of its pods',
      }),
    );
  }
  if (port.number === undefined && ports.length > 1) {
    findings.push(
      mistake(subject, 'IST0112', {
        problem: `sends to "${host}" without a port, and its Service has ${ports.length}`,
        remedy: 'add destination.port.number',
        // The port of the request is taken then, which is what many mean.
        blocks: false,
      }),
    );
  }
  if (subset !== '' && !subsets.has(`${hosts.expand(host, namespace)}+${subset}`)) {
    findings.push(
      mistake(subject, 'IST0101', {
        problem: `sends to the subset "${subset}" of "${host}", which no DestinationRule has`,
        remedy: 'add the subset to a DestinationRule of that host, or correct its name',
      }),
    );
  }
  return findings;
}

function checkGateways(subject: Subject<VirtualService>, { gateways }: World): Finding[] {
  return subject.spec.gateways.filter(isGateway).flatMap((name) => {
    const hosts = gateways.get(gatewayKey(name, subject.metadata.namespace));
    if (hosts === undefined) {
      const problem = `is bound to the gateway "${name}", which is not there`;
      return [
        mistake(subject, 'IST0101', { problem, remedy: 'add the Gateway, or write <namespace>/<name>' }),
      ];
    }
    const { namespace } = subject.metadata;
    const served = hosts.flatMap((host) => hostFor(host, gatewayKey(name, namespace), namespace));
    if (subject.spec.hosts.some((host) => served.some((other) => overlap(host, other)))) return [];
    return [
      mistake(subject, 'IST0132', {
        problem: `has no host that the gateway "${name}" serves`,
        remedy: `add one of its hosts to a server of the Gateway: ${subject.spec.hosts.join(', ')}`,
        blocks: false,
      }),
    ];
  });
}

function checkDelegates(subject: Subject<VirtualService>, { names }: World): Finding[] {
  return subject.spec.http.flatMap(({ delegate }) => {
    if (delegate === undefined) return [];
    const { name, namespace = subject.metadata.namespace } = delegate;
    if (names.has(`${namespace}/${name}`)) return [];
    const problem = `delegates to the VirtualService ${namespace}/${name}, which is not there`;
    return [mistake(subject, 'IST0101', { problem, remedy: 'add it, or correct the name' })];
  });
}

/** Neither the mesh itself, nor what istiod makes for a Gateway of the Gateway API. */
function isGateway(name: string): boolean {
  return name !== 'mesh' && !name.endsWith('-istio-autogenerated-k8s-gateway');
}

/** `ns/name`, `name` here, or the older `name.ns.svc.cluster.local` (Istio's VirtualService reference). */
function gatewayKey(name: string, namespace: string): string {
  if (name.includes('/')) return name.startsWith('./') ? `${namespace}${name.slice(1)}` : name;
  const [first = '', second] = name.split('.');
  return `${second ?? namespace}/${first}`;
}

/** A server's host where it counts in a namespace: `ns/host` is for one, `./host` for the Gateway's own. */
function hostFor(host: string, gateway: string, namespace: string): string[] {
  const slash = host.indexOf('/');
  if (slash === -1) return [host];
  const scope = host.slice(0, slash);
  const isFor =
    scope === '*' || scope === namespace || (scope === '.' && gateway.startsWith(`${namespace}/`));
  return isFor ? [host.slice(slash + 1)] : [];
}

/** `web.shop` or `web.shop.svc` as a name and its namespace. */
function shortName(host: string): [string, string] {
  const [name = '', namespace = ''] = host.split('.');
  return [name, namespace];
}
