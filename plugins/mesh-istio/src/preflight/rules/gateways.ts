import { plural } from '@meshwright/model';
import { Component } from '../../names.ts';
import { type Entrance, entrancesOf } from '../entrances.ts';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import { overlap } from '../hosts.ts';
import { formatLabels, holds } from '../labels.ts';
import type { Gateway } from '../shapes.ts';
import type { Subject } from '../subject.ts';

/** A Gateway's selector finds a workload, whose Service has its ports, and no other Gateway claims the same. */
export const gateways: Rule = {
  id: 'gateway',
  title: 'Gateways have a workload, and no two claim one port',
  needs: ['gateways', 'services'],
  look: (view): Look => {
    const entrances = entrancesOf(view, view.mesh, view.entrancePods);
    return {
      findings: [
        ...view.gateways.flatMap((subject) => checkWorkload(subject, entrances)),
        ...view.gateways.flatMap((subject) => checkRivals(subject, view.gateways)),
      ],
      looked: `${plural(view.gateways.length, 'Gateway')} looked at`,
    };
  },
};

function checkWorkload(subject: Subject<Gateway>, all: Entrance[]): Finding[] {
  const { selector, servers } = subject.spec;
  const own = all.filter(({ labels }) => holds(labels, selector));
  if (own.length === 0) {
    return [
      mistake(subject, 'IST0101', {
        problem: `selects by ${formatLabels(selector)}, which no pod has`,
        remedy: `select by the labels of a gateway's pods, or let the pattern install one with the component "${Component.gateway}"`,
      }),
    ];
  }
  const known = own.filter(({ ports }) => ports !== undefined);
  if (known.length === 0) return [];
  const missing = servers
    .map(({ port }) => port.number)
    .filter((number) => !known.some(({ ports }) => ports?.has(number) === true));
  if (missing.length === 0) return [];
  return [
    mistake(subject, 'IST0162', {
      problem: `listens on port ${[...new Set(missing)].join(', ')}, which no Service of its workload has`,
      remedy: 'add the port to that Service, or name one that it has',
      blocks: false,
    }),
  ];
}

function checkRivals(subject: Subject<Gateway>, all: Subject<Gateway>[]): Finding[] {
  const findings: Finding[] = [];
  for (const rival of all) {
    if (rival === subject || !haveSameWorkload(subject.spec, rival.spec)) continue;
    // Said once: by the pattern's own, or by the first by name where both are alike.
    if (subject.fromPattern ? rival.fromPattern && rival.name < subject.name : rival.fromPattern) continue;
    if (!subject.fromPattern && rival.name < subject.name) continue;
    const clash = clashOf(subject.spec, rival.spec);
    if (clash === undefined) continue;
    const remedy = 'put the servers into one Gateway, or give them different hosts or ports';
    findings.push(mistake(subject, 'IST0145', { problem: `${clash}, and so does ${rival.name}`, remedy }));
  }
  return findings;
}

/** Whether every pod that one of them selects is surely selected by the other. */
function haveSameWorkload(one: Gateway, other: Gateway): boolean {
  return holds(one.selector, other.selector) || holds(other.selector, one.selector);
}

/** What both claim: a host on a port, or a port with another protocol. */
function clashOf(one: Gateway, other: Gateway): string | undefined {
  for (const server of one.servers) {
    for (const rival of other.servers) {
      if (server.port.number !== rival.port.number || server.bind !== rival.bind) continue;
      const port = `port ${server.port.number}`;
      if (layerOf(server.port.protocol) !== layerOf(rival.port.protocol))
        return `claims ${port} for ${server.port.protocol}`;
      const host = server.hosts.find((name) => rival.hosts.some((it) => isSame(name, it)));
      if (host !== undefined) return `claims the host "${host}" on ${port}`;
    }
  }
  return undefined;
}

/** One port serves plain HTTP, or TLS by server name, or plain TCP. */
function layerOf(protocol: string): string {
  const name = protocol.toUpperCase();
  if (['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'].includes(name)) return 'http';
  return ['HTTPS', 'TLS'].includes(name) ? 'tls' : 'tcp';
}

/** The same name for a namespace that both may serve; one beneath the other's wildcard is no clash. */
function isSame(one: string, other: string): boolean {
  const [scope, name] = split(one);
  const [otherScope, otherName] = split(other);
  return (
    name === otherName &&
    overlap(name, otherName) &&
    (scope === '*' || otherScope === '*' || scope === otherScope)
  );
}

function split(host: string): [string, string] {
  const slash = host.indexOf('/');
  return slash === -1 ? ['*', host] : [host.slice(0, slash), host.slice(slash + 1)];
}
