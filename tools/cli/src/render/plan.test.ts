import type { ObjectChange } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { plainView } from '../test-support/fixtures.ts';
import {
  adoptionPlan,
  digest,
  reference,
  samplePlan,
  stage,
  uninstallPlan,
} from '@meshwright/wording/test-support/plans';
import { briefPlan, fullPlan, widthOf } from '@meshwright/wording';
import { renderPlanMarkdown } from './plan-markdown.ts';
import { renderDiff, renderPlan, wouldChange } from './plan-text.ts';
import { createStyle } from './style.ts';

describe('a plan on a terminal', () => {
  it('shows stages, objects and fields with what needs a look first', () => {
    expect(renderPlan(samplePlan(), digest, plainView, briefPlan).join('\n')).toMatchInlineSnapshot(`
      "checkout-mesh on local: upgrade istio 1.30.2 → 1.31.0 (sidecar)
        plan sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
        repository patterns
        revision 1-30-2 → 1-31-0

        warning: Istio 1.31 drops the API v1alpha3.

        pre-flight: 2 passed, 1 warning
          ! Deprecated API: VirtualService checkout/cart uses v1alpha3.

        1. Control plane  ~1 +1 =1
           requires: the custom resource definitions are established
           ~ Deployment istio-system/istiod
               .spec.replicas  1 → 2  (drift by kubectl-edit)
               .metadata.labels.tier  + "gold"
               .spec.paused  - true
           + ServiceAccount istio-system/istiod  (not checked by the server yet)

        2. Restart workloads  2 restarts
           requires: every control plane pod is ready
           * restart Deployment checkout/cart
           * restart Deployment shop/web

        3. Remove what is gone  -1
           - Service checkout/old
               and with it 1 more object: EndpointSlice checkout/old-x7k2p

      way back, if a stage fails
       b1. Put back what was removed  +1  undoes 3
       b2. Restart what was restarted  2 restarts  undoes 1, 2

      Drift: 1 field of 1 object, set by kubectl-edit, will be taken back.
      2 workloads with 5 pods restart, 5 at a time. Objects change in checkout, shop.
      1 to create, 1 to update, 1 to delete."
    `);
  });

  it('names the unchanged only in full', () => {
    const brief = renderPlan(samplePlan(), digest, plainView, briefPlan).join('\n');
    const full = renderPlan(samplePlan(), digest, plainView, fullPlan).join('\n');
    expect(brief).not.toContain('= Namespace');
    expect(full).toContain('     = Namespace istio-system');
  });

  it('counts what it leaves out', () => {
    const limits = { objects: 1, fields: 1, full: false };
    const text = renderPlan(samplePlan(), digest, plainView, limits).join('\n');
    expect(text).toContain('… 2 more fields');
    expect(text).toContain('… 1 more object');
  });

  it('says so when there is nothing to do', () => {
    const plan = samplePlan({ action: 'none', stages: [], rollback: [], warnings: [] });
    expect(renderPlan(plan, digest, plainView, briefPlan).at(-1)).toBe('Nothing to do.');
  });

  it('shows what an uninstall deletes with what, leaves behind and asks to be confirmed', () => {
    expect(renderPlan(uninstallPlan(), digest, plainView, briefPlan).join('\n')).toMatchInlineSnapshot(`
      "checkout-mesh on local: uninstall istio 1.31.0 (sidecar)
        plan sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
        repository patterns

        must be confirmed: It takes the mesh away: 2 workloads leave it.

        1. Workloads leave the mesh  2 restarts
           * restart Deployment checkout/cart
           * restart Deployment shop/web

        2. Custom resource definitions  -1
           - CustomResourceDefinition virtualservices.networking.istio.io
               and with it 12 more objects: VirtualService checkout/cart, VirtualService shop/web, …

        3. What the mesh made  1 leftover
           - ConfigMap checkout/istio-ca-root-cert  (made by the mesh itself)

        4. What stays  1 released
           > Namespace checkout  (stays, and is no longer of this pattern)

      No way back: an uninstall that fails stops where it is, and can be started again.

      2 workloads with 5 pods restart, 5 at a time. Objects change in checkout, shop.
      0 to create, 0 to update, 1 to delete, 1 leftover of the mesh to delete, 1 to release."
    `);
  });

  it('shows who holds what before and after an adoption', () => {
    expect(renderPlan(adoptionPlan(), digest, plainView, briefPlan).slice(4).join('\n'))
      .toMatchInlineSnapshot(`
      "
        1. Control plane  =1
           = Deployment istio-system/istiod
               fields of  helm 42, kube-controller-manager 3 → meshwright 42

      No way back: there is nothing to take back.

      No workload restarts.
      0 to create, 0 to update, 0 to delete, 1 to take over."
    `);
  });

  it('shows the way back in full only when everything is wanted', () => {
    const full = renderPlan(samplePlan(), digest, plainView, fullPlan).join('\n');
    const wayBack = full.slice(full.indexOf('way back'), full.indexOf('Drift:'));
    expect(wayBack).toMatchInlineSnapshot(`
      "way back, if a stage fails
       b1. Put back what was removed  +1  undoes 3
           + Service checkout/old

       b2. Restart what was restarted  2 restarts  undoes 1, 2
           * restart Deployment checkout/cart
           * restart Deployment shop/web

      "
    `);
    expect(full).toContain('✓ Version skew: 1.30 to 1.31 is one minor version.');
  });

  it('says as whom the target is changed, and that fields of others are taken', () => {
    const plan = samplePlan({ serviceAccount: { namespace: 'mesh', name: 'deployer' }, force: true });
    const text = renderPlan(plan, digest, plainView, briefPlan).join('\n');
    expect(text).toContain('  as service account mesh/deployer\n  takes over fields that others own\n');
  });

  it('puts values that do not fit below one another, cut to where they differ', () => {
    const image = `registry.example.org/${'deep/'.repeat(20)}istio/pilot:1.3`;
    const plan = samplePlan();
    plan.stages[0]!.changes[2]!.fields = [
      { path: '/spec/image', before: `${image}0.2`, after: `${image}1.0`, driftedBy: ['kubectl-edit'] },
      { path: '/data/mesh', before: 'a: 1\nb: 2\nc: 3\n', after: 'a: 1\nb: 5\nc: 3\n' },
    ];
    const lines = renderPlan(plan, digest, plainView, briefPlan);
    const from = lines.findIndex((line) => line.includes('.spec.image'));
    expect(lines.slice(from, from + 6).join('\n')).toMatchInlineSnapshot(`
      "         .spec.image  (drift by kubectl-edit)
                 - …ep/deep/deep/istio/pilot:1.30.2"
                 + …ep/deep/deep/istio/pilot:1.31.0"
               .data.mesh
                 - b: 2
                 + b: 5"
    `);
  });

  it('puts what it does on a line of its own where names are long', () => {
    const plan = samplePlan({ pattern: 'p'.repeat(60) });
    expect(renderPlan(plan, digest, plainView, briefPlan)[1]).toContain('upgrade istio 1.30.2 → 1.31.0');
  });

  it('keeps every line within the screen, with colour too', () => {
    const plan = samplePlan();
    const [stage] = plan.stages;
    stage!.title = 'x'.repeat(300);
    stage!.changes[2]!.fields[0] = { path: '/data', before: 'y'.repeat(300), after: 'z'.repeat(300) };
    const view = { ...plainView, width: 60, style: createStyle(true) };
    const lines = renderPlan(plan, digest, view, fullPlan);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(60);
  });

  it('escapes what patterns and clusters say', () => {
    const plan = samplePlan({ cluster: 'lo\u001b[31mcal', warnings: ['\u001b]0;title\u0007'] });
    plan.stages[0]!.changes[2]!.fields[0] = { path: '/x', before: '\u202eevil', after: '\u009b2J' };
    const text = renderPlan(plan, digest, plainView, fullPlan).join('\n');
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('lo\\e[31mcal');
  });
});

describe('a diff on a terminal', () => {
  it('shows only what would change, and what has drifted', () => {
    const plan = samplePlan();
    plan.stages.unshift(stage('base', 'Definitions', { changes: [unchanged()] }));
    expect(renderDiff(plan, digest, plainView, briefPlan).slice(4).join('\n')).toMatchInlineSnapshot(`
      "
        2. Control plane  ~1 +1 =1
           requires: the custom resource definitions are established
           ~ Deployment istio-system/istiod
               .spec.replicas  1 → 2  (drift by kubectl-edit)
               .metadata.labels.tier  + "gold"
               .spec.paused  - true
           + ServiceAccount istio-system/istiod  (not checked by the server yet)

        3. Restart workloads  2 restarts
           requires: every control plane pod is ready
           * restart Deployment checkout/cart
           * restart Deployment shop/web

        4. Remove what is gone  -1
           - Service checkout/old
               and with it 1 more object: EndpointSlice checkout/old-x7k2p

      Drift: 1 field of 1 object, set by kubectl-edit, will be taken back.
      1 to create, 1 to update, 1 to delete."
    `);
  });

  it('tells a plan that would change something from one that would not', () => {
    expect(wouldChange(samplePlan())).toBe(true);
    expect(wouldChange(adoptionPlan())).toBe(true);
    expect(
      wouldChange(samplePlan({ stages: [stage('base', 'Definitions', { changes: [unchanged()] })] })),
    ).toBe(false);
    expect(wouldChange(samplePlan({ stages: [] }))).toBe(false);
  });
});

function unchanged(): ObjectChange {
  return { object: reference('Namespace', 'istio-system'), change: 'unchanged', fields: [] };
}

describe('a plan as Markdown', () => {
  it('shows a table of stages and a diff for each', () => {
    expect(renderPlanMarkdown(samplePlan(), digest, briefPlan).join('\n')).toMatchInlineSnapshot(`
      "### Plan: \`checkout-mesh\` on \`local\`

      **upgrade** \`istio 1.30.2 → 1.31.0 (sidecar)\`: 1 to create, 1 to update, 1 to delete

      Repository \`patterns\`, plan \`sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\`, \`revision 1-30-2 → 1-31-0\`

      > **Warning:** \`Istio 1.31 drops the API v1alpha3.\`

      \`2 workloads with 5 pods restart, 5 at a time. Objects change in checkout, shop.\`

      \`Drift: 1 field of 1 object, set by kubectl-edit, will be taken back.\`

      Pre-flight: 2 of 3 checks passed

      - warning: \`Deprecated API: VirtualService checkout/cart uses v1alpha3.\`

      | # | stage | work | requires |
      |--:|---|---|---|
      | 1 | \`Control plane\` | \`~1 +1 =1\` | \`the custom resource definitions are established\` |
      | 2 | \`Restart workloads\` | \`2 restarts\` | \`every control plane pod is ready\` |
      | 3 | \`Remove what is gone\` | \`-1\` |  |

      <details><summary>1. <code>Control plane</code></summary>

      \`\`\`diff
      ! Deployment istio-system/istiod
            .spec.replicas: 1 → 2  (drift by kubectl-edit)
            .metadata.labels.tier: added "gold"
            .spec.paused: removed true
      + ServiceAccount istio-system/istiod  (not checked by the server yet)
      \`\`\`

      </details>

      <details><summary>2. <code>Restart workloads</code></summary>

      \`\`\`diff
      ! restart Deployment checkout/cart
      ! restart Deployment shop/web
      \`\`\`

      </details>

      <details><summary>3. <code>Remove what is gone</code></summary>

      \`\`\`diff
      - Service checkout/old
      -     and with it 1 more object: EndpointSlice checkout/old-x7k2p
      \`\`\`

      </details>

      <details><summary>The way back, if a stage fails</summary>

      | # | stage | work | undoes |
      |--:|---|---|---|
      | b1 | \`Put back what was removed\` | \`+1\` | \`3\` |
      | b2 | \`Restart what was restarted\` | \`2 restarts\` | \`1, 2\` |

      </details>"
    `);
  });

  it('lets nothing foreign act as markup', () => {
    const evil = '</summary>|`@everyone`| [x](http://evil)```';
    const plan = samplePlan({ pattern: evil, warnings: [evil] });
    plan.stages[0]!.title = evil;
    plan.stages[0]!.changes[2]!.object.name = 'a```\n</details>';
    const text = renderPlanMarkdown(plan, digest, briefPlan).join('\n');
    expect(text).toContain('<code>&lt;/summary&gt;|`@everyone`| [x](http://evil)```</code>');
    expect(text).toContain('### Plan: ```` </summary>|`@everyone`| [x](http://evil)``` ```` on `local`');
    expect(text).toContain('````diff\n! Deployment istio-system/a```\\n</details>');
    expect(text).toContain('| 1 | ```` </summary>\\|`@everyone`\\| [x](http://evil)``` ```` |');
  });
});
