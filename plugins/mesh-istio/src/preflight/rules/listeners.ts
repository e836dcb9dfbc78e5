import { MeshMode, plural } from '@meshwright/model';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import type { Workload } from '../shapes.ts';
import type { Subject } from '../subject.ts';

/**
 * Servers that listen on the pod's loopback only: a sidecar sends them what comes in to the pod's own address, which
 * they do not answer (Istio 1.10, upcoming networking changes). Only what the pod template says can be seen from here:
 * a server that decides it in its own configuration is not found.
 */
export const listeners: Rule = {
  id: 'localhost-listener',
  title: 'Servers listen beyond their own pod, as far as templates tell',
  needs: ['workloads'],
  look: (view): Look => {
    const enrolled = view.workloads.filter(
      ({ metadata, fromPattern }) =>
        view.enrolled.has(metadata.namespace) || (fromPattern && metadata.namespace === ''),
    );
    return {
      findings: view.mesh.mode === MeshMode.sidecar ? enrolled.flatMap(find) : [],
      looked: `${plural(enrolled.length, 'workload')} looked at`,
    };
  },
};

const loopback = String.raw`(?:127\.0\.0\.1|localhost|\[?::1\]?)(?::\d+)?`;
const flag = /^--?[\w.-]*(?:listen|bind|address|addr|host)$/i;
const flagWithValue = new RegExp(String.raw`^--?[\w.-]*(?:listen|bind|address|addr|host)=${loopback}$`, 'i');
const onlyLoopback = new RegExp(`^${loopback}$`, 'i');
const variable = /(?:^|_)(?:LISTEN|BIND)(?:_?(?:ADDR|ADDRESS|HOST|IP|ON))?$/;

function find(subject: Subject<Workload>): Finding[] {
  return subject.spec.template.spec.containers.flatMap(({ name, command, args, env }) => {
    const words = [...command, ...args];
    const said =
      words.find((word) => flagWithValue.test(word)) ??
      words.find((word, index) => onlyLoopback.test(word) && flag.test(words[index - 1] ?? '')) ??
      env.find((entry) => variable.test(entry.name) && onlyLoopback.test(entry.value ?? ''))?.name;
    if (said === undefined) return [];
    return [
      mistake(subject, 'IST0143', {
        problem: `its container "${name}" seems to listen on the pod's loopback only (${said}): requests through a sidecar do not reach it`,
        remedy: 'let it listen on all addresses, if it serves others',
        blocks: false,
      }),
    ];
  });
}
