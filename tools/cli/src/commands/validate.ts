import { relative, resolve } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Diagnostic } from '@meshwright/model';
import {
  loadPatterns,
  loadPolicy,
  loadProfiles,
  type PatternFile,
  type PolicyFile,
  type ProfileFile,
} from '@meshwright/pattern';
import { openDirectory } from '../directory-tree.ts';
import { ExitCode } from '../exit-code.ts';
import { renderDiagnostic } from '../render/errors.ts';
import { escapeText, plural } from '@meshwright/wording';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright validate [directory]`. */
export function createValidateCommand(session: Session): CommandUnknownOpts {
  const command = new Command('validate')
    .summary('check the patterns, performance profiles and approval policy of a directory')
    .description(
      'Checks the patterns of a directory as they are checked in a commit: the directory is the root of a patterns ' +
        'repository. Performance profiles are checked where a pattern names them, and every YAML file of their folder is; an approval policy is checked where there is one. Works without a configuration; with one, the clusters that patterns name must be among its targets. ' +
        "A mesh's own rules are checked when a plan is made.",
    )
    .argument('[directory]', 'the root of the patterns repository', '.')
    .option('--patterns <folder>', 'the folder of the patterns in it', 'patterns')
    .option('--profiles <folder>', 'the folder of the performance profiles in it', 'performance')
    .option('--approvals <file>', 'the approval policy in it', 'approvals.yaml')
    .action(async (directory, folders) => session.end(await validate(session, directory, folders)));
  return withExamples(command, [
    ['meshwright validate', 'the patterns of the current directory'],
    ['meshwright validate examples', 'those of another'],
    ['meshwright validate --json | jq .', 'for programs'],
  ]);
}

interface Folders {
  patterns: string;
  profiles: string;
  approvals: string;
}

async function validate(session: Session, directory: string, folders: Folders): Promise<ExitCode> {
  const { host, options } = session;
  const root = resolve(host.cwd, directory);
  const config = await session.configIfAny();
  const tree = await openDirectory(root);
  const files = await loadPatterns(tree, {
    directory: folders.patterns,
    except: [folders.approvals],
    ...(config === undefined ? {} : { knownTargets: config.targets.map(({ name }) => name) }),
  });
  const profiles = await loadProfiles(tree, { directory: folders.profiles });
  const policy = await loadPolicy(tree, folders.approvals);
  const code = isValid({ files, profiles, policy }) ? ExitCode.done : ExitCode.invalid;
  if (options.json) {
    session.printJson({
      valid: code === ExitCode.done,
      files: files.map(({ path, pattern, diagnostics }) => ({ path, pattern, diagnostics })),
      profiles: profiles.map(({ path, profile, diagnostics }) => {
        return { path, profile: profile?.metadata.name, diagnostics };
      }),
      ...(policy === undefined
        ? {}
        : { policy: { path: folders.approvals, diagnostics: policy.diagnostics } }),
    });
    return code;
  }
  const { style } = session.view();
  const diagnostics = distinct(
    [...files, ...profiles, ...(policy === undefined ? [] : [policy])].flatMap((file) => file.diagnostics),
  );
  for (const one of diagnostics) {
    const file = relative(host.cwd, resolve(root, one.file));
    session.print([...renderDiagnostic({ ...one, file }, style), '']);
  }
  session.print([summaryOf({ files, profiles, policy }, diagnostics, folders.patterns)]);
  return code;
}

/** A profile that patterns name is read with each of them, and in its folder: what is said of it is said once. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()];
}

interface Checked {
  files: readonly PatternFile[];
  profiles: readonly ProfileFile[];
  policy: PolicyFile | undefined;
}

/** No pattern at all is a mistake: nothing was checked. */
function isValid({ files, profiles, policy }: Checked): boolean {
  const sound = files.every(({ snapshot }) => snapshot !== undefined);
  const measured = profiles.every(({ profile }) => profile !== undefined);
  return files.length > 0 && sound && measured && (policy === undefined || policy.policy !== undefined);
}

function summaryOf(
  { files, profiles, policy }: Checked,
  diagnostics: readonly Diagnostic[],
  folder: string,
): string {
  if (files.length === 0) {
    return `There is no pattern in the folder ${escapeText(folder)}; --patterns names another.`;
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const counts = [plural(errors, 'error'), plural(diagnostics.length - errors, 'warning')];
  const checked = [plural(files.length, 'pattern')];
  if (profiles.length > 0) checked.push(plural(profiles.length, 'performance profile'));
  if (policy !== undefined) checked.push('the approval policy');
  return `${checked.join(' and ')} checked: ${counts.join(', ')}.`;
}
