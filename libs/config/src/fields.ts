import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { dnsLabel, parseHostPort } from '@meshwright/document';
import type { Checked } from './addresses.ts';
import type { FileReference, KubernetesSecretKey, SecretReference } from './types.ts';

/** A field that is checked and changed by a function, which says why when it refuses. */
export function checkedText<T>(check: (text: string) => Checked<T>): z.ZodType<T, string> {
  return z
    .string()
    .min(1)
    .max(2_048)
    .transform((text, context) => {
      const { value, problem } = check(text);
      if (problem === undefined) return value;
      const { message, suggestion } = problem;
      context.addIssue({ code: 'custom', message, params: { code: 'invalid-address', suggestion } });
      return z.NEVER;
    });
}

/** A path of this machine, made absolute: relative ones are relative to the configuration's folder. */
export function pathIn(directory: string): z.ZodType<string, string> {
  return checkedText((text): Checked<string> => {
    if (text.includes('\0')) return { problem: { message: 'has a NUL character', suggestion: 'Remove it.' } };
    if (text.startsWith('~')) {
      return {
        problem: { message: 'begins with ~, which only a shell knows', suggestion: 'Write the whole path.' },
      };
    }
    return { value: resolve(directory, text) };
  });
}

/** A program: a name to look up on the PATH as it is, or a path made absolute. */
export function programIn(directory: string): z.ZodType<string, string> {
  return checkedText((text): Checked<string> => {
    if (text.includes('\0') || text.startsWith('-')) {
      return {
        problem: { message: 'is no name of a program', suggestion: 'Write helm, or its absolute path.' },
      };
    }
    return { value: text.includes('/') && !isAbsolute(text) ? resolve(directory, text) : text };
  });
}

/** `host:port`. */
export function hostPort(lowestPort: 0 | 1): z.ZodType<{ host: string; port: number }, string> {
  return checkedText((text): Checked<{ host: string; port: number }> => {
    const value = parseHostPort(text, lowestPort);
    if (value !== undefined) return { value };
    return { problem: { message: 'must be host:port', suggestion: 'Write it like 127.0.0.1:7233.' } };
  });
}

const variable = z
  .string()
  .max(256)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable');

/** `{ file: path }`. */
export function fileReference(directory: string): z.ZodType<FileReference> {
  return z
    .strictObject({ file: pathIn(directory).describe('A file; relative to the configuration.') })
    .meta({ title: 'file reference' });
}

const subdomain = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
    'must be a name as Kubernetes has them',
  );

const kubernetesSecret = z
  .strictObject({
    target: dnsLabel().optional().describe('The target that holds it; the cluster around when not given.'),
    namespace: dnsLabel().describe('The namespace of the Secret.'),
    name: subdomain.describe('The name of the Secret.'),
    key: z
      .string()
      .max(253)
      .regex(/^[-._A-Za-z0-9]+$/, 'must be a key as Secrets have them')
      .describe('The key of its data.'),
  })
  .transform(({ target, ...rest }): KubernetesSecretKey => ({
    ...rest,
    ...(target === undefined ? {} : { target }),
  }));

/** `{ env: NAME }`, `{ file: path }` or `{ kubernetesSecret: … }`: where a secret is, never the secret. */
export function secretReference(directory: string): z.ZodType<SecretReference> {
  return z
    .strictObject({
      env: variable.optional().describe('An environment variable that holds it.'),
      file: pathIn(directory).optional().describe('A file that holds it; relative to the configuration.'),
      kubernetesSecret: kubernetesSecret.optional().describe('A key of a Kubernetes Secret that holds it.'),
    })
    .superRefine(requireOne(['env', 'file', 'kubernetesSecret']))
    .transform(({ env, file, kubernetesSecret: secret }): SecretReference => {
      if (env !== undefined) return { env };
      return secret === undefined ? { file: file ?? '' } : { kubernetesSecret: secret };
    })
    .meta({ title: 'secret reference' });
}

/** Exactly one of the named fields must be given. */
export function requireOne(names: string[]): (value: object, context: z.core.$RefinementCtx) => void {
  return (value, context) => {
    const given = names.filter((name) => (value as Record<string, unknown>)[name] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none is there' : `${given.join(' and ')} are there`;
    context.addIssue({
      code: 'custom',
      message: `must have exactly one of ${names.join(', ')}; ${found}`,
      params: { code: 'choose-one' },
    });
  };
}

/** No two entries of a list may have one identity. */
export function refuseSame<T>(
  identityOf: (entry: T) => string,
  message: string,
  field: string,
): (entries: T[], context: z.core.$RefinementCtx<T[]>) => void {
  return (entries, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const identity = identityOf(entry);
      if (seen.has(identity)) {
        context.addIssue({
          code: 'custom',
          path: [index, field],
          message,
          params: { code: 'duplicate-entry', suggestion: 'Keep one of the two, or give it another name.' },
        });
      }
      seen.add(identity);
    }
  };
}
