import { writeYaml } from '@meshwright/document';
import type { KubernetesObject, Plan, PlannedStage } from '@meshwright/model';
import { escapeText } from '@meshwright/wording';

const redacted = '<redacted>';

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
  return writeYaml(object).trimEnd().split('\n');
}
