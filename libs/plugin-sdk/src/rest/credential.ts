import { MeshwrightError } from '@meshwright/model';
import type { ForgeCredential } from '../forge.ts';

/**
 * The token of a forge that knows no apps.
 * @throws MeshwrightError INVALID_INPUT for an app, with what to give instead.
 */
export async function onlyToken(
  credential: ForgeCredential,
  { service, remedy }: { service: string; remedy: string },
): Promise<string> {
  if (credential.kind === 'token') return credential.token();
  throw new MeshwrightError('INVALID_INPUT', `${service} knows tokens, and no apps.`, { remedy });
}
