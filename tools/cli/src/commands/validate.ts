import { relative, resolve } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { loadPatterns, type PatternFile } from '@meshwright/pattern';
import { openDirectory } from '../directory-tree.ts';
import { ExitCode } from '../exit-code.ts';
import { renderDiagnostic } from '../render/errors.ts';
import { escapeText, plural } from '../render/text.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright validate [directory]`. */
export function createValidateCommand(session: Session): CommandUnknownOpts {
  const command = new Command('validate')
    .summary('check the patterns of a directory')
    .description(
      'Checks the patterns of a directory as they are checked in a commit: the directory is the root of a patterns ' +
        'repository. Works without a configuration; with one, the clusters that patterns name must be among its targets. ' +
        "A mesh's own rules are checked when a plan is made.",
    )
    .argument('[directory]', 'the root of the patterns repository', '.')
    .option('--patterns <folder>', 'the folder of the patterns in it', 'patterns')
    .action(async (directory, { patterns }) => session.end(await validate(session, directory, patterns)));
  return withExamples(command, [
    ['meshwright validate', 'the patterns of the current directory'],
    ['meshwright validate examples', 'those of another'],
    ['meshwright validate --json | jq .', 'for programs'],
  ]);
}

async function validate(session: Session, directory: string, patterns: string): Promise<ExitCode> {
  const { host, options } = session;
  const root = resolve(host.cwd, directory);
  const config = await session.configIfAny();
  const files = await loadPatterns(await openDirectory(root), {
    directory: patterns,
    ...(config === undefined ? {} : { knownTargets: config.targets.map(({ name }) => name) }),
  });
  const shown = files.map((file) => ({
    ...file,
    diagnostics: file.diagnostics.map((one) => ({
      ...one,
      file: relative(host.cwd, resolve(root, one.file)),
    })),
  }));
  const code = isValid(files) ? ExitCode.done : ExitCode.invalid;
  if (options.json) {
    const list = files.map(({ path, pattern, diagnostics }) => ({ path, pattern, diagnostics }));
    session.printJson({ valid: code === ExitCode.done, files: list });
    return code;
  }
  const { style } = session.view();
  for (const { diagnostics } of shown) {
    for (const diagnostic of diagnostics) session.print([...renderDiagnostic(diagnostic, style), '']);
  }
  session.print([summaryOf(files, patterns)]);
  return code;
}

/** No pattern at all is a mistake: nothing was checked. */
function isValid(files: readonly PatternFile[]): boolean {
  return files.length > 0 && files.every(({ snapshot }) => snapshot !== undefined);
}

function summaryOf(files: readonly PatternFile[], folder: string): string {
  if (files.length === 0) {
    return `There is no pattern in the folder ${escapeText(folder)}; --patterns names another.`;
  }
  const diagnostics = files.flatMap((file) => file.diagnostics);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const counts = [plural(errors, 'error'), plural(diagnostics.length - errors, 'warning')];
  return `${plural(files.length, 'pattern')} checked: ${counts.join(', ')}.`;
}
