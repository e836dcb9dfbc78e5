import { createPrivateKey, sign } from 'node:crypto';
import { MeshwrightError } from '@meshwright/model';
import type { RestApi } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** A token is renewed before it ends, so that none ends on its way. */
const marginMs = 60_000;
/** GitHub takes no longer life than ten minutes, and its clock may be behind ours. */
const jwtSeconds = { before: 60, after: 9 * 60 };

/**
 * The JSON Web Token that an app says who it is with (RS256).
 * @param app Its id or client id.
 * @param now Milliseconds since 1970.
 * @throws MeshwrightError SERVICE_REFUSED when the key is no RSA private key in PEM; nothing of it is shown.
 */
export function appToken(app: string, privateKey: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  const claims = { iat: seconds - jwtSeconds.before, exp: seconds + jwtSeconds.after, iss: app };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${rsaSignature(content, privateKey)}`;
}

function rsaSignature(content: string, privateKey: string): string {
  try {
    const key = createPrivateKey(privateKey);
    if (key.asymmetricKeyType === 'rsa')
      return sign('sha256', Buffer.from(content), key).toString('base64url');
  } catch {
    // What OpenSSL says of a key helps nobody, and may hold parts of it.
  }
  throw new MeshwrightError('SERVICE_REFUSED', 'The private key of the GitHub app is no RSA key in PEM.', {
    remedy: "Generate a private key in the app's settings on GitHub, and store the file as it is.",
  });
}

const installationShape = z.object({ id: z.int() });
const tokenShape = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** Where an app is installed: one of a user's or an organization's repositories, or an organization. */
export type Installed = { project: string } | { organization: string };

/** The tokens of an app's installations, kept until a minute before they end. */
export interface InstallationTokens {
  read(installed: Installed): Promise<string>;
  /** Forgets the token; gives whether there was one. */
  forget(installed: Installed): boolean;
}

/** `asApp` is GitHub's API in the name of the app itself. `fixed` is the only installation, where it is known. */
export function installationTokens(
  asApp: RestApi,
  fixed: string | undefined,
  now: () => number,
): InstallationTokens {
  const kept = new Map<string, { token: Promise<string>; until: number }>();
  const ids = new Map<string, string>();

  async function installationOf(installed: Installed): Promise<string> {
    if (fixed !== undefined) return fixed;
    const owner = ownerOf(installed);
    const known = ids.get(owner);
    if (known !== undefined) return known;
    const path = 'project' in installed ? `/repos/${installed.project}` : `/orgs/${installed.organization}`;
    const id = String((await asApp.get(`${path}/installation`, installationShape)).id);
    ids.set(owner, id);
    return id;
  }

  async function create(installed: Installed, key: string): Promise<string> {
    const path = `/app/installations/${encodeURIComponent(await installationOf(installed))}/access_tokens`;
    const { token, expires_at: end } = await asApp.send({ method: 'POST', path, body: {} }, tokenShape);
    const entry = kept.get(key);
    if (entry !== undefined) entry.until = Date.parse(end) - marginMs;
    return token;
  }

  return {
    async read(installed) {
      const key = fixed ?? ownerOf(installed);
      const entry = kept.get(key);
      if (entry !== undefined && now() < entry.until) return entry.token;
      const token = create(installed, key);
      kept.set(key, { token, until: Number.POSITIVE_INFINITY });
      try {
        return await token;
      } catch (error) {
        kept.delete(key);
        ids.delete(ownerOf(installed));
        throw error;
      }
    },
    forget: (installed) => kept.delete(fixed ?? ownerOf(installed)),
  };
}

/** An app has one installation for everything of an owner. */
function ownerOf(installed: Installed): string {
  return 'project' in installed ? (installed.project.split('/')[0] ?? '') : installed.organization;
}
