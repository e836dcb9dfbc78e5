import type { KubernetesObject, Plan, PlannedStage } from '@meshwright/model';
import { stringify, type ToStringOptions } from 'yaml';
import { escapeText } from './text.ts';

const redacted = '<redacted>';
/** Everything that a terminal may obey or hide; line feeds are YAML's own. */
const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const eachUnsafe = new RegExp(unsafe, 'gu');
const settings: ToStringOptions = { lineWidth: 0, aliasDuplicateObjects: false } as ToStringOptions;

/** The desired objects of a plan as YAML documents, each stage under a comment; the content of Secrets is left out. */
export function renderManifests(plan: Plan): string[] {
  const lines: string[] = [];
  plan.stages.forEach((stage, index) => {
    if (stage.objects.length === 0) return;
    lines.push(
      `# ${index + 1}. ${escapeText(stage.title)} (${escapeText(plan.pattern)} on ${escapeText(plan.cluster)})`,
    );
    for (const object of stage.objects) lines.push('---', ...yamlLines(redactSecret(object)));
  });
  return lines;
}

/** A plan whose Secrets have no content. */
export function redactPlan(plan: Plan): Plan {
  return { ...plan, stages: plan.stages.map(redactStage), rollback: plan.rollback.map(redactStage) };
}

function redactStage<S extends PlannedStage>(stage: S): S {
  return { ...stage, objects: stage.objects.map(redactSecret) };
}

/** A Secret with its values replaced; any other object as it is. */
export function redactSecret(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return object;
  const result: KubernetesObject = { ...object };
  for (const field of ['data', 'stringData']) {
    const values = object[field];
    if (typeof values === 'object' && values !== null) {
      result[field] = Object.fromEntries(Object.keys(values).map((key) => [key, redacted]));
    }
  }
  const annotations = object.metadata.annotations;
  if (annotations !== undefined) {
    const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
    const { [lastApplied]: configuration, ...others } = annotations;
    result.metadata = {
      ...object.metadata,
      annotations: configuration === undefined ? others : { ...others, [lastApplied]: redacted },
    };
  }
  return result;
}

function yamlLines({ apiVersion, kind, metadata, ...rest }: KubernetesObject): string[] {
  const object = { apiVersion, kind, metadata, ...rest };
  const plain = stringify(object, settings);
  // Quoted strings may hold any character by its escape; the plain and block styles may not.
  const text = unsafe.test(plain)
    ? stringify(object, {
        ...settings,
        defaultStringType: 'QUOTE_DOUBLE',
        defaultKeyType: 'QUOTE_DOUBLE',
      }).replace(
        eachUnsafe,
        (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
      )
    : plain;
  return text.trimEnd().split('\n');
}
