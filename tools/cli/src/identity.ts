import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import { type Account, localService, MeshwrightError } from '@meshwright/model';

/** Who a person says they are. Nothing has verified it. */
export interface StatedIdentity {
  identity: string;
  /** Where it was taken from. */
  source: string;
}

const form = /^[^\s\p{C}](?:[^\p{C}]{0,252}[^\s\p{C}])?$/u;

/**
 * Who decides: `--as`, else the e-mail address of the Git configuration, else the user of the operating system.
 * @throws MeshwrightError INVALID_INPUT when it is empty, too long or holds control characters.
 */
export async function statedIdentity(as: string | undefined, cwd: string): Promise<StatedIdentity> {
  const stated = as === undefined ? await surroundingIdentity(cwd) : { identity: as, source: '--as' };
  if (form.test(stated.identity)) return stated;
  throw new MeshwrightError('INVALID_INPUT', `The identity from ${stated.source} is not a name.`, {
    remedy: 'Say who you are with --as <name>.',
  });
}

/** Who decides on the command line, and where: whoever reaches Temporal can state any name. */
export function byHand({ identity }: StatedIdentity): { account: Account; from: string } {
  return {
    account: { service: localService, id: identity, name: identity },
    from: `the command line on ${hostname()}`,
  };
}

async function surroundingIdentity(cwd: string): Promise<StatedIdentity> {
  const email = await gitEmail(cwd);
  if (email !== '') return { identity: email, source: "Git's user.email" };
  return { identity: userInfo().username, source: 'the user of this machine' };
}

async function gitEmail(cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['config', '--get', 'user.email'], {
      cwd,
      timeout: 5_000,
    });
    return stdout.trim();
  } catch {
    // No Git, or none configured: the operating system knows a name.
    return '';
  }
}
