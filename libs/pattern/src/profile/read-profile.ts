import { type DocumentPath, type Problem, suggestName, type YamlDocument } from '@meshwright/document';
import { type Diagnostic, MetricName, patternApiVersion, type PerformanceProfile } from '@meshwright/model';
import { type Format, readDocument } from '../read-document.ts';
import { profileSchema } from './schema.ts';

/** One file of a performance profile. */
export interface ProfileReading {
  /** The document, when the file has exactly one that is sound YAML. */
  document?: YamlDocument;
  /** Present when the document is a valid profile. */
  profile?: PerformanceProfile;
  /** The profile's name, as far as it can be told. */
  name?: string;
  diagnostics: Diagnostic[];
}

const format: Format<PerformanceProfile> = {
  kind: 'PerformanceProfile',
  name: 'profile',
  schema: profileSchema,
  empty: { message: 'the file has no performance profile', suggestion: 'Write one, or delete the file.' },
  stranger: {
    code: 'not-a-profile',
    message: 'a performance profile is expected here',
    suggestion: `Name another file, or write kind: PerformanceProfile (${patternApiVersion}).`,
  },
  options: { explainUnknown: explainUnknownIn(['spec', 'limits']), isSensitive: mayHoldSecret },
};

/** Reads the one PerformanceProfile document of a file, and checks all of it. */
export function readProfile(source: string | Uint8Array, file: string, byteLimit: number): ProfileReading {
  const { value, ...reading } = readDocument(source, file, byteLimit, format);
  return value === undefined ? reading : { ...reading, profile: value };
}

/** Says of an unknown field below `at` that there is no such metric, or limit of it. */
export function explainUnknownIn(
  at: DocumentPath,
): (path: DocumentPath) => Pick<Problem, 'code' | 'message' | 'suggestion'> | undefined {
  return (path) => {
    if (!at.every((segment, place) => path[place] === segment)) return undefined;
    const [metric, field, ...deeper] = path.slice(at.length);
    if (metric === MetricName.errorRate && field === 'relative' && deeper.length === 0) {
      const suggestion = 'Write absolute, in percentage points, such as 0.5pp.';
      return { code: 'unknown-field', message: 'errorRate has no relative limit', suggestion };
    }
    if (typeof metric !== 'string' || field !== undefined) return undefined;
    const suggestion = suggestName(metric, Object.values(MetricName), 'Known metrics');
    return { code: 'unknown-metric', message: `there is no metric ${JSON.stringify(metric)}`, suggestion };
  };
}

/** Headers and addresses may hold credentials by mistake: their lines are not shown. */
function mayHoldSecret([root, list, , field]: DocumentPath): boolean {
  return root === 'spec' && list === 'endpoints' && (field === 'headers' || field === 'address');
}
