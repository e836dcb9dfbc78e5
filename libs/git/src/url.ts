import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MeshwrightError } from '@meshwright/model';

/** Where a repository is, in the form that is handed to Git. */
export interface RemoteUrl {
  /** Never holds a user's password. */
  url: string;
  transport: 'https' | 'http' | 'ssh' | 'file';
  /** True when what is sent never leaves this machine. */
  local: boolean;
}

/** `user@host:path`, as ssh users write it; neither host nor path may look like an option. */
const scpLike = /^[A-Za-z0-9_][A-Za-z0-9._-]*@(?<host>[A-Za-z0-9][A-Za-z0-9.-]*):[^-\s][^\s]*$/;

const unprintable = /[\u0000-\u0020\u007f]/;
const transports = new Map<string, RemoteUrl['transport']>([
  ['https:', 'https'],
  ['http:', 'http'],
  ['ssh:', 'ssh'],
  ['file:', 'file'],
]);

/**
 * The one reading of a repository's address: `https://`, `http://`, `ssh://`, `user@host:path`, `file://` or an
 * absolute path.
 * @throws MeshwrightError INVALID_CONFIGURATION for anything else, such as `ext::` or an address with a password.
 */
export function parseRemoteUrl(address: string): RemoteUrl {
  if (isAbsolute(address)) return { url: pathToFileURL(address).href, transport: 'file', local: true };
  if (scpLike.test(address)) return { url: address, transport: 'ssh', local: false };
  if (unprintable.test(address)) throw invalid('it holds spaces or control characters');
  const url = URL.parse(address);
  const transport = transports.get(url?.protocol ?? '');
  if (url === null || transport === undefined) throw invalid('it is none of the supported forms');
  if (url.password !== '' || (transport !== 'ssh' && url.username !== '')) {
    throw invalid('it holds credentials', 'Take them out of the URL and refer to them under `credentials`.');
  }
  if (transport === 'file' && url.host !== '') throw invalid('a file URL must not name a host');
  if (transport !== 'file' && !/^[A-Za-z0-9[]/.test(url.hostname))
    throw invalid('its host is not a host name');
  return { url: address, transport, local: transport === 'file' || isLoopback(url.hostname) };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The address itself is not repeated: what makes it wrong may be a secret. */
function invalid(why: string, remedy?: string): MeshwrightError {
  return new MeshwrightError('INVALID_CONFIGURATION', `The repository's URL cannot be used: ${why}.`, {
    remedy: remedy ?? 'Write https://, ssh://, user@host:path, file:// or an absolute path.',
  });
}
