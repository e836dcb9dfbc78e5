import { MeshwrightError } from '@meshwright/model';
import type { RemoteUrl } from './url.ts';

/** What a repository is read with. */
export type Credentials = PasswordCredentials | SshCredentials;

/** A user's name (any, where the server takes a token alone) with a password or token. */
export interface PasswordCredentials {
  kind: 'password';
  username?: string;
  password: string;
}

/** Files with a private key and with the host keys that are believed; absolute paths. */
export interface SshCredentials {
  kind: 'ssh';
  privateKeyFile: string;
  knownHostsFile: string;
}

/** How credentials reach Git: through its environment, never through arguments, URLs or files. */
export interface Authentication {
  config: [key: string, value: string][];
  environment: Record<string, string>;
  /** Texts that must not appear in any message. */
  secrets: string[];
}

/** Paths go into a command line that Git hands to a shell: nothing in them may mean anything to it or to ssh. */
const plainPath = /^\/[A-Za-z0-9._/@+-]+$/;

/**
 * What Git needs in its environment to log in.
 * @throws MeshwrightError INVALID_CONFIGURATION when the credentials do not fit the URL or would travel in clear text.
 */
export function authenticationFor(remote: RemoteUrl, credentials: Credentials | undefined): Authentication {
  if (remote.transport === 'ssh') return overSsh(credentials);
  if (credentials === undefined) return { config: [], environment: {}, secrets: [] };
  if (credentials.kind === 'ssh') throw invalid('An SSH key is given for a URL that is not SSH.');
  if (remote.transport === 'file') throw invalid('A password is given for a repository on this machine.');
  if (remote.transport === 'http' && !remote.local) {
    throw invalid('A password would travel in clear text.', 'Use an https:// URL.');
  }
  return overHttp(credentials);
}

/** The header is sent to the configured server alone: with credentials, redirects are not followed. */
function overHttp({ username, password }: PasswordCredentials): Authentication {
  if (password === '') throw invalid('The password is empty.');
  const basic = Buffer.from(`${username ?? 'git'}:${password}`, 'utf8').toString('base64');
  return {
    config: [
      ['http.extraHeader', `Authorization: Basic ${basic}`],
      ['http.followRedirects', 'false'],
    ],
    environment: {},
    secrets: [password, basic],
  };
}

function overSsh(credentials: Credentials | undefined): Authentication {
  if (credentials?.kind !== 'ssh') {
    throw invalid(
      'An SSH URL needs a private key and a known-hosts file.',
      'Name both files under `credentials`.',
    );
  }
  const { privateKeyFile, knownHostsFile } = credentials;
  for (const path of [privateKeyFile, knownHostsFile]) {
    if (!plainPath.test(path)) {
      throw invalid(
        `The path ${JSON.stringify(path)} holds characters other than letters, digits and ._/@+-.`,
      );
    }
  }
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHostsFile,
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    IdentityFile: privateKeyFile,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    ForwardAgent: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    ControlMaster: 'no',
    ConnectTimeout: '10',
    ServerAliveInterval: '10',
    ServerAliveCountMax: '3',
  };
  const command = Object.entries(options).map(([name, value]) => `-o ${name}=${value}`);
  return {
    config: [],
    environment: {
      GIT_SSH_COMMAND: ['ssh', '-F', 'none', ...command].join(' '),
      GIT_SSH_VARIANT: 'ssh',
    },
    secrets: [],
  };
}

function invalid(message: string, remedy?: string): MeshwrightError {
  return new MeshwrightError('INVALID_CONFIGURATION', message, remedy === undefined ? {} : { remedy });
}
