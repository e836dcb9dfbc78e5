import { MeshwrightError } from '@meshwright/model';
import type { z } from 'zod';

/** GitHub, which sends the largest, sends no more than 25 MB. */
const mostBytes = 25 * 1024 * 1024;

/**
 * The JSON of a body that is believed.
 * @throws MeshwrightError INVALID_INPUT where it is none, or larger than any forge sends.
 */
export function readJson(service: string, body: Uint8Array): unknown {
  if (body.length > mostBytes) throw nonsense(service, `it has ${body.length} bytes`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw nonsense(service, 'it is no JSON');
  }
}

/** A payload in its shape. @throws MeshwrightError INVALID_INPUT with the place that is wrong, and not what stands there. */
export function readPayload<Shape extends z.ZodType>(
  service: string,
  shape: Shape,
  payload: unknown,
): z.infer<Shape> {
  const result = shape.safeParse(payload);
  if (result.success) return result.data;
  throw nonsense(service, `${result.error.issues[0]?.path.join('.') ?? ''} is missing or of another kind`);
}

/** The error for a webhook that is signed and makes no sense. */
export function nonsense(service: string, why: string): MeshwrightError {
  return new MeshwrightError(
    'INVALID_INPUT',
    `A webhook of ${service} is signed and makes no sense: ${why}.`,
    {
      remedy: 'Let the webhook send application/json, and nothing change it on its way.',
    },
  );
}
