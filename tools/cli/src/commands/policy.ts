import { relative, resolve } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type ApprovalPolicy, MeshwrightError } from '@meshwright/model';
import { policyBytes, readPolicy } from '@meshwright/pattern';
import { describePolicyChange, escapeText, plural } from '@meshwright/wording';
import { ExitCode } from '../exit-code.ts';
import { readInput } from '../read-input.ts';
import { renderDiagnostic } from '../render/errors.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

const usualFile = 'approvals.yaml';

/** `meshwright policy check` and `meshwright policy who`. */
export function createPolicyCommand(session: Session): CommandUnknownOpts {
  const command = new Command('policy')
    .summary('check an approval policy, and ask it who somebody is')
    .description(
      'Checks the file that says who approves and when changes may begin, as it is checked in a commit. Works without a configuration.',
    );
  command.addCommand(createCheckCommand(session)).addCommand(createWhoCommand(session));
  return withExamples(command, [['meshwright policy check', 'is approvals.yaml here right?']]);
}

function createCheckCommand(session: Session): CommandUnknownOpts {
  const command = new Command('check')
    .summary('check an approval policy, and show what it says')
    .description(
      'Checks an approval policy and shows what it says, one fact a line. The exit code is 2 when it is wrong.',
    )
    .argument('[file]', 'the policy file', usualFile)
    .action(async (file) => session.end(await check(session, file)));
  return withExamples(command, [['meshwright policy check approvals.yaml', 'before it is committed']]);
}

function createWhoCommand(session: Session): CommandUnknownOpts {
  const command = new Command('who')
    .summary('tell whose account something is, and what they may')
    .description(
      'Tells which person of an approval policy an account belongs to, with their groups. The exit code is 1 when it is nobody: ' +
        'then decisions from it are refused.',
    )
    .argument('<account>', '<service>:<id>, as the service names it')
    .option('--file <file>', 'the policy file', usualFile)
    .action(async (account, { file }) => session.end(await tellWho(session, account, file)));
  return withExamples(command, [
    ['meshwright policy who slack:U024BE7LH', 'whom a decision in chat is taken from'],
  ]);
}

async function check(session: Session, file: string): Promise<ExitCode> {
  const { host, options } = session;
  const shown = file === '-' ? 'standard input' : relative(host.cwd, resolve(host.cwd, file));
  const { policy, diagnostics } = readPolicy(await readInput(host, file, policyBytes), shown);
  const code = policy === undefined ? ExitCode.invalid : ExitCode.done;
  if (options.json) {
    session.printJson({ valid: policy !== undefined, diagnostics, policy });
    return code;
  }
  for (const one of diagnostics) session.print([...renderDiagnostic(one, session.view().style), '']);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  session.print([
    ...(policy === undefined
      ? []
      : describePolicyChange(undefined, policy).map((line) => escapeText(line.replace(/^\+ /, '')))),
    `${escapeText(shown)}: ${plural(errors, 'error')}, ${plural(diagnostics.length - errors, 'warning')}.`,
  ]);
  return code;
}

async function tellWho(session: Session, account: string, file: string): Promise<ExitCode> {
  const colon = account.indexOf(':');
  const [service, id] = [account.slice(0, colon), account.slice(colon + 1)];
  if (colon < 1 || id === '') {
    throw new MeshwrightError('INVALID_INPUT', `${JSON.stringify(account)} names no account.`, {
      remedy: 'Write it as <service>:<id>, such as slack:U024BE7LH.',
    });
  }
  const { policy } = readPolicy(await readInput(session.host, file, policyBytes), file);
  if (policy === undefined) {
    throw new MeshwrightError('INVALID_INPUT', `${file} is no valid policy.`, {
      remedy: `See what is wrong: meshwright policy check ${file}`,
    });
  }
  const person = policy.people.find(({ accounts }) =>
    accounts.some((own) => own.service === service && own.id === id),
  );
  if (person === undefined) {
    if (session.options.json) session.printJson({ service, id });
    else session.print([`${escapeText(account)} belongs to nobody: decisions from it are refused.`]);
    return ExitCode.failed;
  }
  const { groups, mayBreakGlass } = rolesOf(person.name, policy);
  if (session.options.json) session.printJson({ service, id, person: person.name, groups, mayBreakGlass });
  else {
    session.print([
      `${escapeText(account)} is ${escapeText(person.name)}`,
      `  groups  ${groups.length === 0 ? 'none, but those that are teams of a forge' : groups.map(escapeText).join(', ')}`,
      ...(mayBreakGlass ? ['  may break the glass'] : []),
    ]);
  }
  return ExitCode.done;
}

function rolesOf(name: string, { groups, breakGlass }: ApprovalPolicy) {
  const own = Object.entries(groups).flatMap(([group, { members }]) =>
    members.includes(name) ? [group] : [],
  );
  const named = [`user:${name}`, ...own.map((group) => `group:${group}`)];
  return { groups: own, mayBreakGlass: breakGlass.some((approver) => named.includes(approver)) };
}
