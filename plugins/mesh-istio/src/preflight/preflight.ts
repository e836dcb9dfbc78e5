import { MeshwrightError, type PreflightCheck, Purpose } from '@meshwright/model';
import type { MeshChange, PluginContext } from '@meshwright/plugin-sdk';
import type { Finding, Rule } from './finding.ts';
import { readView } from './read.ts';
import { ambient } from './rules/ambient.ts';
import { annotations } from './rules/annotations.ts';
import { authorization } from './rules/authorization.ts';
import { definitions } from './rules/definitions.ts';
import { destinationRules } from './rules/destination-rules.ts';
import { gatewayApi } from './rules/gateway-api.ts';
import { gateways } from './rules/gateways.ts';
import { injectors } from './rules/injectors.ts';
import { kubernetesVersion } from './rules/kubernetes-version.ts';
import { listeners } from './rules/listeners.ts';
import { mutualTls } from './rules/mutual-tls.ts';
import { namespaces } from './rules/namespaces.ts';
import { readable } from './rules/readable.ts';
import { restarts } from './rules/restarts.ts';
import { revisions } from './rules/revisions.ts';
import { servicePorts } from './rules/service-ports.ts';
import { settings } from './rules/settings.ts';
import { sidecars } from './rules/sidecars.ts';
import { virtualServiceHosts } from './rules/virtual-service-hosts.ts';
import { virtualServices } from './rules/virtual-services.ts';
import type { View } from './view.ts';

/** First what the cluster has to be like, then what the configuration says. */
const rules: readonly Rule[] = [
  kubernetesVersion,
  definitions,
  gatewayApi,
  settings,
  injectors,
  revisions,
  restarts,
  ambient,
  listeners,
  readable,
  namespaces,
  servicePorts,
  virtualServices,
  virtualServiceHosts,
  destinationRules,
  mutualTls,
  gateways,
  sidecars,
  authorization,
  annotations,
];

/**
 * Looks at the pattern and the cluster before anything changes: what `istioctl x precheck` and `istioctl analyze` are
 * for. Mistakes of what the pattern holds, and whatever would make the change itself fail, are errors; mistakes of what
 * others put on the cluster are warnings. Changes nothing; an uninstall has nothing to look at.
 * @throws MeshwrightError PREFLIGHT_FAILED with a line for each thing that must be mended first.
 */
export async function preflight(change: MeshChange, { cluster }: PluginContext): Promise<PreflightCheck[]> {
  if (change.purpose === Purpose.uninstall) return [];
  return judge(await readView(change, cluster));
}

/** What all the rules say of what was read; pure. @throws MeshwrightError PREFLIGHT_FAILED */
function judge(view: View): PreflightCheck[] {
  const failures: string[] = [];
  const checks: PreflightCheck[] = [];
  for (const rule of rules) {
    const unread = rule.needs.map((part) => view.unread.get(part)).filter((reason) => reason !== undefined);
    if (unread.length > 0) {
      const note = `not looked at: ${[...new Set(unread)].join('; ')}`;
      checks.push({ title: rule.title, state: 'warning', note });
      continue;
    }
    const { findings, looked } = rule.look(view);
    const heard = findings.filter(({ suppressed }) => suppressed !== true);
    failures.push(
      ...heard.filter(({ blocks }) => blocks).map((finding) => `[${rule.id}] ${format(finding)}`),
    );
    const quiet = findings.length - heard.length;
    const aside = quiet === 0 ? '' : ` (${quiet} suppressed by annotation)`;
    const isFine = heard.length === 0;
    const note = (isFine ? looked : shorten(heard.map(format))) + aside;
    checks.push({ title: rule.title, state: isFine ? 'passed' : 'warning', note });
  }
  if (failures.length > 0) throw failed(failures, view);
  return checks;
}

function format({ object, problem, remedy }: Finding): string {
  return `${object}: ${problem}; ${remedy}`;
}

/** Warnings that are shown of one check. */
const shownWarnings = 5;
/** Failures that are listed; enough to see what is wrong, where the same mistake stands a thousand times. */
const shownFailures = 50;

function shorten(lines: string[]): string {
  const more = lines.length - shownWarnings;
  return [...lines.slice(0, shownWarnings), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function failed(failures: string[], { mesh }: View): MeshwrightError {
  const more = failures.length - shownFailures;
  return new MeshwrightError(
    'PREFLIGHT_FAILED',
    `${failures.length === 1 ? 'Something' : `${failures.length} things`} must be mended before Istio ${mesh.version} is applied; nothing has changed.`,
    {
      lines: [...failures.slice(0, shownFailures), ...(more > 0 ? [`and ${more} more`] : [])],
      remedy:
        'Mend what is listed and commit again. An object that is right as it is says so by the annotation galley.istio.io/analyze-suppress with the code of istioctl analyze, or "*".',
    },
  );
}
