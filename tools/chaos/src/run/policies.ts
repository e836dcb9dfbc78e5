import { stringify } from 'yaml';
import { Mark } from '../scenario/manifests.ts';

const group = 'admissionregistration.k8s.io/v1';

/** The admission policies that stand during a whole campaign: what they refuse is marked by a label. */
export function standingPolicies(): string {
  const objects = [
    // A dry run passes, so that the plan is made and its apply fails.
    ...policy('chaos-refused', ['CREATE', 'UPDATE'], {
      expression: `request.dryRun || !has(object.metadata.labels) || !('${Mark.refused}' in object.metadata.labels)`,
      message: 'refused by chaos',
    }),
    ...policy('chaos-undeletable', ['DELETE'], {
      expression: `!has(oldObject.metadata.labels) || !('${Mark.undeletable}' in oldObject.metadata.labels)`,
      message: 'kept by chaos',
    }),
  ];
  return objects.map((object) => stringify(object)).join('---\n');
}

function policy(name: string, operations: string[], validation: { expression: string; message: string }) {
  const resources = ['configmaps', 'serviceaccounts', 'roles', 'resourcequotas'];
  const rule = { apiGroups: ['*'], apiVersions: ['*'], operations, resources };
  const spec = { matchConstraints: { resourceRules: [rule] }, validations: [validation] };
  const binding = { policyName: name, validationActions: ['Deny'] };
  return [
    { apiVersion: group, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec },
    { apiVersion: group, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: binding },
  ];
}
