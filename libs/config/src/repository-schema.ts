import { dnsLabel, duration } from '@meshwright/document';
import { z } from 'zod';
import {
  checkRepositoryUrl,
  isBranchName,
  isProject,
  parseRepositoryFolder,
  projectOf,
  type Checked,
} from './addresses.ts';
import { checkedText, fileReference, secretReference } from './fields.ts';
import type {
  RepositoryConfig,
  RepositoryCredentials,
  RepositoryTransport,
  SignaturesConfig,
} from './types.ts';

const remoteInterval = 15_000;
const localInterval = 1_000;

const address = checkedText((text): Checked<{ url: string; transport: RepositoryTransport }> => {
  const { value, problem } = checkRepositoryUrl(text);
  return problem === undefined ? { value: { url: text, transport: value } } : { problem };
});

const branch = z
  .string()
  .min(1)
  .max(250)
  .refine(isBranchName, 'must be the name of a branch, as git-check-ref-format(1) has them');

const folder = checkedText((text): Checked<string> => {
  const value = parseRepositoryFolder(text);
  if (value !== undefined) return { value };
  return {
    problem: { message: 'must be a folder inside the repository', suggestion: 'Write it like patterns.' },
  };
});

const policyFile = checkedText((text): Checked<string> => {
  const value = parseRepositoryFolder(text);
  if (value !== undefined && value !== '.' && value !== '') return { value };
  return {
    problem: { message: 'must be a file inside the repository', suggestion: 'Write it like approvals.yaml.' },
  };
});

const project = checkedText((text): Checked<string> => {
  if (isProject(text)) return { value: text };
  return { problem: { message: 'is no name of a project', suggestion: 'Write it like acme/patterns.' } };
});

/** One entry of `repositories`. */
export function repositorySchema(directory: string): z.ZodType<RepositoryConfig> {
  return z
    .strictObject({
      name: dnsLabel().describe('A name of its own; part of workflow ids and webhook addresses.'),
      url: address.describe(
        '`https://`, `ssh://`, `user@host:path`, `file://` or an absolute path; never with credentials in it.',
      ),
      branch: branch
        .optional()
        .describe(
          "The branch to follow; the remote's HEAD when not given, but beside `forge` it has to be given.",
        ),
      directory: folder
        .prefault('patterns')
        .describe("The folder of the patterns, relative to the repository's root."),
      interval: duration({ min: '1s', max: '1d' })
        .optional()
        .describe(
          'How often the branch is looked at: `15s`, for a repository on this machine `1s`, when not given.',
        ),
      credentials: credentials(directory)
        .optional()
        .describe('What the repository is read with: a password or token over HTTPS, or a key over SSH.'),
      offerReverts: z
        .boolean()
        .default(true)
        .describe(
          'Whether a branch `meshwright/revert-<pattern>-<commit>` is pushed when a commit was rolled back; the credentials must be allowed to push it, else only the reason is told.',
        ),
      signatures: signatures(directory).optional().describe('Whose commits are believed.'),
      webhook: z
        .strictObject({
          provider: z
            .enum(['github', 'gitlab', 'gitea', 'generic'])
            .describe('Whose headers and signatures the webhook has.'),
          secret: secretReference(directory).describe('What the forge signs its webhooks with.'),
        })
        .optional()
        .describe('Hints of new commits, received at `/hooks/<name>`; for a repository without a forge.'),
      forge: dnsLabel()
        .optional()
        .describe(
          'The name of the forge it lies on: its pull requests are planned, its commits have a status.',
        ),
      project: project
        .optional()
        .describe('What the forge calls it, such as `acme/patterns`; the path of its URL when not given.'),
      chats: z
        .array(dnsLabel())
        .max(20)
        .default([])
        .describe('The names of the chats that are told of its rollouts.'),
      approvals: policyFile
        .prefault('approvals.yaml')
        .describe("The policy file: who approves, and when. Relative to the repository's root."),
    })
    .superRefine(({ forge, project: named, webhook, url, branch: watched }, context) => {
      if (forge !== undefined && watched === undefined) {
        context.addIssue({
          code: 'custom',
          continue: false,
          path: ['branch'],
          message: 'must be given beside forge: pull requests that go into it are planned',
        });
      }
      if (forge === undefined && named !== undefined) {
        context.addIssue({
          code: 'custom',
          continue: false,
          path: ['project'],
          message: 'has no meaning without forge',
        });
      }
      if (forge !== undefined && webhook !== undefined) {
        context.addIssue({
          code: 'custom',
          continue: false,
          path: ['webhook'],
          message: 'has no meaning beside forge',
          params: { suggestion: 'Have the forge send its webhooks to /forges/<forge>.' },
        });
      }
      if (forge !== undefined && named === undefined && projectOf(url.url) === undefined) {
        const message = 'must be given: the URL does not say what the forge calls the repository';
        context.addIssue({ code: 'custom', continue: false, path: ['project'], message });
      }
    })
    .superRefine(({ url, credentials: given }, context) => {
      const fits = { https: 'password', http: 'password', ssh: 'ssh', file: undefined }[url.transport];
      if (given === undefined || given.kind === fits) return;
      context.addIssue({
        code: 'custom',
        path: ['credentials'],
        message: `do not fit the URL's transport, ${url.transport}`,
        params: {
          code: 'unfit-credentials',
          suggestion: 'Passwords are for https://, keys for ssh://, a path needs none.',
        },
      });
    })
    .transform(
      ({
        url: { url, transport },
        branch,
        interval,
        credentials,
        signatures,
        webhook,
        forge,
        project: named,
        ...rest
      }): RepositoryConfig => ({
        ...rest,
        url,
        transport,
        intervalMs: interval ?? (transport === 'file' ? localInterval : remoteInterval),
        ...(branch === undefined ? {} : { branch }),
        ...(credentials === undefined ? {} : { credentials }),
        ...(signatures === undefined ? {} : { signatures }),
        ...(webhook === undefined ? {} : { webhook }),
        ...(forge === undefined ? {} : { forge: { name: forge, project: named ?? projectOf(url) ?? '' } }),
      }),
    );
}

function credentials(directory: string): z.ZodType<RepositoryCredentials> {
  return z
    .strictObject({
      username: secretReference(directory)
        .optional()
        .describe('The user; many forges take any name with a token.'),
      password: secretReference(directory).optional().describe('The password or token.'),
      sshKey: fileReference(directory).optional().describe('The private key.'),
      knownHosts: fileReference(directory).optional().describe('The host keys that are believed.'),
    })
    .transform(({ username, password, sshKey, knownHosts }, context): RepositoryCredentials => {
      if (password !== undefined && sshKey === undefined && knownHosts === undefined) {
        return { kind: 'password', password, ...(username === undefined ? {} : { username }) };
      }
      if (
        sshKey !== undefined &&
        knownHosts !== undefined &&
        password === undefined &&
        username === undefined
      ) {
        return { kind: 'ssh', sshKeyFile: sshKey.file, knownHostsFile: knownHosts.file };
      }
      context.addIssue({
        code: 'custom',
        message: 'must have a password (and a username if needed), or sshKey and knownHosts',
        params: { code: 'choose-one' },
      });
      return z.NEVER;
    });
}

function signatures(directory: string): z.ZodType<SignaturesConfig> {
  return z
    .strictObject({
      required: z.boolean().default(true).describe('Whether a commit without a good signature is refused.'),
      allowedSigners: fileReference(directory)
        .optional()
        .describe('An OpenSSH allowed-signers file (ssh-keygen(1)).'),
      gpgKeyring: fileReference(directory).optional().describe('A file of exported OpenPGP public keys.'),
    })
    .transform(({ required, allowedSigners, gpgKeyring }, context): SignaturesConfig => {
      if (allowedSigners === undefined && gpgKeyring === undefined) {
        const message = 'must name whose signatures are good: allowedSigners, gpgKeyring or both';
        context.addIssue({ code: 'custom', message, params: { code: 'choose-one' } });
        return z.NEVER;
      }
      return {
        required,
        ...(allowedSigners === undefined ? {} : { allowedSignersFile: allowedSigners.file }),
        ...(gpgKeyring === undefined ? {} : { gpgKeyringFile: gpgKeyring.file }),
      };
    });
}
