import { MeshwrightError, Phase, Purpose, shortCommit, shortName } from '@meshwright/model';
import { phaseOfReport, type RolloutReport } from '@meshwright/rollouts';
import { isHalfWay } from './rows.ts';

/** What a rollback by hand goes back to, and what it takes back. */
export interface RollbackChoice {
  to: RolloutReport;
  /** What the targets have now; absent where nobody knows. */
  from?: RolloutReport;
}

/**
 * Where a rollback of a pattern leads: to the rollout that was named by (the beginning of) its commit, or to the last
 * that succeeded before the current one.
 * @param reports of the pattern, newest first.
 * @throws MeshwrightError INVALID_INPUT when there is none such, or it is what runs.
 */
export function chooseRollback(
  pattern: string,
  reports: readonly RolloutReport[],
  to: string | undefined,
): RollbackChoice {
  const current = reports.findIndex(hasTouched);
  const from = reports[current];
  const gone = from === undefined ? {} : { from };
  const applied = reports.filter(isApplied);
  if (to === undefined) {
    const earlier = reports.slice(current + 1).filter(isApplied);
    const last = wasUninstalled(from) ? earlier[0] : earlier.find((report) => !sameCommit(report, from));
    if (last !== undefined) return { to: last, ...gone };
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${pattern} has no earlier rollout that succeeded to go back to.`,
      {
        remedy: `See what Temporal still keeps: meshwright history ${pattern}; what is older can be reverted in Git.`,
      },
    );
  }
  const named = applied.filter((report) => commitOf(report)?.startsWith(to) === true);
  const commits = new Set(named.map(commitOf));
  const [chosen] = named;
  if (chosen === undefined) {
    throw new MeshwrightError('INVALID_INPUT', `No rollout of ${pattern} at ${to} has succeeded.`, {
      lines: [...new Set(applied.map(({ record }) => shortName(record.rollout)))].slice(0, 10),
      remedy:
        'Name one that succeeded; what failed can be tried again with `meshwright retry`, what Temporal no longer keeps can be reverted in Git.',
    });
  }
  if (commits.size > 1) {
    throw new MeshwrightError('INVALID_INPUT', `"${to}" fits several commits.`, {
      lines: [...commits].map((commit) => shortCommit(commit ?? '')),
      remedy: 'Give more digits of the commit.',
    });
  }
  if (!sameCommit(chosen, from) || wasUninstalled(from) || isLeftHalfWay(from))
    return { to: chosen, ...gone };
  throw new MeshwrightError('INVALID_INPUT', `${shortName(chosen.record.rollout)} is what runs now.`, {
    remedy: `To carry it out again: meshwright retry ${shortName(chosen.record.rollout)}`,
  });
}

/** Whether a rollout decides what is on some target now: it succeeded, or it ended half-way. */
function hasTouched(report: RolloutReport): boolean {
  return (
    report.status?.targets.some((target) => target.phase === Phase.succeeded || isHalfWay(target)) === true
  );
}

function isApplied(report: RolloutReport): boolean {
  return phaseOfReport(report) === Phase.succeeded && report.status?.purpose === Purpose.apply;
}

function wasUninstalled(report: RolloutReport | undefined): boolean {
  return report?.status?.purpose === Purpose.uninstall;
}

function isLeftHalfWay(report: RolloutReport | undefined): boolean {
  return report?.status?.targets.some(isHalfWay) === true;
}

function sameCommit(one: RolloutReport, other: RolloutReport | undefined): boolean {
  return other !== undefined && commitOf(one) === commitOf(other);
}

function commitOf({ record, status }: RolloutReport): string | undefined {
  return status?.commit ?? record.commit;
}
