import type { Diagnostic, PerformanceProfile } from '@meshwright/model';
import { readProfile } from '@meshwright/pattern';
import { readInput } from '../read-input.ts';
import { renderDiagnostic } from '../render/errors.ts';
import type { Session } from '../session.ts';

/** No profile that a person wrote is larger. */
export const mostProfileBytes = 1024 ** 2;

/** The profile in a file that an argument names; what is wrong with it is told, and undefined given. */
export async function readProfileFile(
  session: Session,
  file: string,
): Promise<PerformanceProfile | undefined> {
  const source = await readInput(session.host, file, mostProfileBytes);
  const { profile, diagnostics } = readProfile(source, file, mostProfileBytes);
  tellDiagnostics(session, diagnostics);
  return profile;
}

/** Says on standard error what is wrong where. */
export function tellDiagnostics(session: Session, diagnostics: readonly Diagnostic[]): void {
  const { style } = session.view();
  for (const diagnostic of diagnostics) session.tell(renderDiagnostic(diagnostic, style));
}
