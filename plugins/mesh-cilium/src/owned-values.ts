import type { MeshSpec } from '@meshwright/model';
import type { OwnedValue } from '@meshwright/plugin-sdk';
import { Component, systemNamespace } from './names.ts';

const certificates =
  'certificates made while rendering are others each time, and their keys would be in the plan';
const secret = 'a pattern holds no secrets: make the Secret by other means';

/** Where a component is turned on, by its name. */
const switches: readonly { component: Component; paths: readonly string[] }[] = [
  { component: Component.hubble, paths: ['hubble.relay.enabled'] },
  { component: Component.hubbleUi, paths: ['hubble.ui.enabled'] },
  { component: Component.mutualAuthentication, paths: ['authentication.mutual.spire.enabled'] },
  { component: Component.gatewayApi, paths: ['gatewayAPI.enabled'] },
];

const always: readonly OwnedValue[] = [
  {
    paths: ['agent', 'operator.enabled', 'config.enabled'],
    allowed: [true],
    why: 'a plan covers all of Cilium',
  },
  {
    paths: ['preflight.enabled'],
    allowed: [false],
    why: 'the check before an upgrade is a release of its own, which the plan makes and deletes',
  },
  {
    paths: ['namespaceOverride'],
    allowed: ['', systemNamespace],
    why: `Cilium lives in ${systemNamespace}`,
  },
  {
    paths: ['hubble.tls.auto.method', 'clustermesh.apiserver.tls.auto.method'],
    allowed: ['cronJob', 'certmanager'],
    why: certificates,
    suggestion: 'Write cronJob or certmanager, or take it away: cronJob is the default here.',
  },
  {
    paths: ['certgen.ttlSecondsAfterFinished'],
    allowed: [null, 0],
    why: 'a Job that goes by itself would be made again by the next change',
  },
  {
    paths: [
      'tls.ca.key',
      'hubble.tls.server.key',
      'hubble.relay.tls.client.key',
      'hubble.relay.tls.server.key',
      'hubble.ui.tls.client.key',
      'azure.clientSecret',
    ],
    allowed: ['', null],
    why: secret,
  },
  {
    paths: ['k8sServiceHost'],
    refused: ['auto'],
    why: 'what "auto" finds depends on who renders',
    suggestion: 'Write the address of the API server.',
  },
  {
    paths: ['gatewayAPI.gatewayClass.create'],
    refused: ['auto'],
    why: 'what "auto" finds depends on who renders',
    suggestion: 'Write "true" or "false".',
  },
  {
    paths: ['cleanState', 'cleanBpfState'],
    allowed: [false],
    why: 'every agent would forget its pods whenever it starts',
  },
];

/** What of the chart's values is not the pattern author's to choose. */
export function ownedValues({ components }: MeshSpec): OwnedValue[] {
  return [
    ...always,
    ...switches.map(({ component, paths }) => ({
      paths,
      allowed: [components.includes(component)],
      why: `it is the component "${component}"`,
      suggestion: 'Write it into mesh.components, or take it from there.',
    })),
  ];
}
