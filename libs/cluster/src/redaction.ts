import { isJsonObject } from './json.ts';

/** What stands for a value that may be a secret. */
export const redacted = '(redacted)';

const secretName = /(password|passwd|passphrase|token|secret|api[-_]?key|private[-_]?key|credentials?)$/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** kubectl keeps the whole object in an annotation, a Secret's values with it. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const longestText = 160;

/**
 * A value as it may be shown: a Secret's data, what is named like a secret and private keys are replaced, long text
 * and large structures are shortened.
 * @param path where the value is in its object, as field names
 */
export function shown(kind: string, path: readonly string[], value: unknown): unknown {
  const safe = withoutSecrets(kind, path, value);
  if (typeof safe === 'string') return shortened(safe);
  if (typeof safe !== 'object' || safe === null) return safe;
  const text = JSON.stringify(safe);
  return text.length <= longestText * 2 ? safe : shortened(text);
}

/** Whether a value at this place may be a secret. */
export function isSecret(kind: string, path: readonly string[], value: unknown): boolean {
  const [first] = path;
  const last = path.at(-1) ?? '';
  if (kind === 'Secret' && (first === 'data' || first === 'stringData') && path.length > 1) return true;
  if (last === lastApplied) return true;
  return typeof value === 'string' && (secretName.test(last) || privateKey.test(value));
}

function withoutSecrets(kind: string, path: readonly string[], value: unknown): unknown {
  if (isSecret(kind, path, value)) return redacted;
  if (Array.isArray(value)) {
    return value.map((element: unknown, index) => withoutSecrets(kind, [...path, String(index)], element));
  }
  if (!isJsonObject(value)) return value;
  const named = typeof value.name === 'string' && secretName.test(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      named && field === 'value' ? redacted : withoutSecrets(kind, [...path, field], inner),
    ]),
  );
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}… (${text.length} characters)`;
}
