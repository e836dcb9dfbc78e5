import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Diagnostic, PerformanceProfile } from '@meshwright/model';
import { profileDocument, readProfile, writeProfile } from '@meshwright/pattern';
import {
  type Note,
  profilesOfTestConfig,
  readTestConfig,
  testConfigData,
  testConfigOfProfile,
  writeTestConfig,
} from '@meshwright/smp';
import { ExitCode } from '../exit-code.ts';
import { mostProfileBytes, readProfileFile, tellDiagnostics } from '../measuring/profile.ts';
import { readInput } from '../read-input.ts';
import { escapeText } from '@meshwright/wording';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright smp export|import <file>`. */
export function createSmpCommand(session: Session): CommandUnknownOpts {
  const command = new Command('smp')
    .summary('turn performance profiles into tests of Service Mesh Performance, and back')
    .description(
      'Turns performance profiles into tests of Service Mesh Performance (`PerformanceTestConfig`, smp-spec.io), and back. ' +
        'What the other format cannot express is said on standard error. It needs neither a server nor a configuration.',
    )
    .addCommand(createExportCommand(session))
    .addCommand(createImportCommand(session));
  return withExamples(command, [
    ['meshwright smp export performance/checkout.yaml > checkout.smp.yaml', 'for Meshery and others'],
    ['meshwright smp import checkout.smp.yaml > performance/checkout.yaml', 'from them'],
  ]);
}

function createExportCommand(session: Session): CommandUnknownOpts {
  const command = new Command('export')
    .summary('print a performance profile as a test of SMP')
    .description(
      'Prints a performance profile as a `PerformanceTestConfig` in YAML, or with --json in JSON: a client for each endpoint.',
    )
    .argument('<profile>', 'the file of the profile; - for standard input')
    .action(async (file) => session.end(await exportProfile(session, file)));
  return withExamples(command, [
    ['meshwright smp export performance/checkout.yaml', 'as YAML'],
    ['meshwright smp export performance/checkout.yaml --json', 'as JSON'],
  ]);
}

function createImportCommand(session: Session): CommandUnknownOpts {
  const command = new Command('import')
    .summary('print a test of SMP as performance profiles')
    .description(
      'Reads a `PerformanceTestConfig` in YAML or JSON, by itself or as Meshery takes it (`test` beside a `mesh`), and prints it ' +
        'as a performance profile. Clients that ask for different loads become several, as documents of their own: put each ' +
        'in a file. Nothing is printed when one of them would be refused.',
    )
    .argument('<file>', 'the file of the test; - for standard input')
    .action(async (file) => session.end(await importTest(session, file)));
  return withExamples(command, [
    ['meshwright smp import soak.yaml > performance/soak.yaml', 'as a profile'],
    ['meshwright smp import - < soak.json', 'from a pipe'],
  ]);
}

async function exportProfile(session: Session, file: string): Promise<ExitCode> {
  const profile = await readProfileFile(session, file);
  if (profile === undefined) return ExitCode.invalid;
  const { config, notes } = testConfigOfProfile(profile);
  tellNotes(session, notes);
  if (session.options.json) session.printJson(testConfigData(config));
  else session.print([writeTestConfig(config).trimEnd()]);
  return ExitCode.done;
}

async function importTest(session: Session, file: string): Promise<ExitCode> {
  const { value, diagnostics = [] } = readTestConfig(
    await readInput(session.host, file, mostProfileBytes),
    file,
  );
  tellDiagnostics(session, diagnostics);
  if (value === undefined) return ExitCode.invalid;
  const { profiles, notes } = profilesOfTestConfig(value);
  tellNotes(session, notes);
  const refused = profiles.flatMap((profile) => problemsOf(profile, file));
  tellDiagnostics(session, refused);
  if (refused.length > 0) return ExitCode.invalid;
  if (session.options.json) session.printJson(profiles.map(profileDocument));
  else session.print([profiles.map((profile) => writeProfile(profile).trimEnd()).join('\n---\n')]);
  return ExitCode.done;
}

/** What a profile would be refused for; places of the profile say nothing in the file that it comes from. */
function problemsOf(profile: PerformanceProfile, file: string): Diagnostic[] {
  const { diagnostics } = readProfile(writeProfile(profile), file, mostProfileBytes);
  return diagnostics.map(({ code, severity, message, suggestion }) => {
    const told = { code, severity, message: `as a profile, ${message}`, file };
    return suggestion === undefined ? told : { ...told, suggestion };
  });
}

function tellNotes(session: Session, notes: readonly Note[]): void {
  const { style } = session.view();
  session.tell(
    notes.map(({ path, message }) => `${style.yellow('note:')} ${escapeText(path)}: ${escapeText(message)}`),
  );
}
