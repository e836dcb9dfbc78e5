import { describe, expect, it } from 'vitest';
import { digest, plainView, samplePlan } from '../test-support/fixtures.ts';
import { renderPlanMarkdown } from './plan-markdown.ts';
import { briefPlan, fullPlan, renderPlan } from './plan-text.ts';
import { createStyle } from './style.ts';
import { widthOf } from './text.ts';

describe('a plan on a terminal', () => {
  it('shows stages, objects and fields with what needs a look first', () => {
    expect(renderPlan(samplePlan(), digest, plainView, briefPlan).join('\n')).toMatchInlineSnapshot(`
      "checkout-mesh on local: upgrade istio 1.31.0 (sidecar)
        plan sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
        repository patterns, commit 0123456789ab

        warning: Istio 1.31 drops the API v1alpha3.

        1. Control plane  ~1 +1 =1
           ~ Deployment istio-system/istiod
               /spec/replicas  1 → 2
               /metadata/labels/tier  + "gold"
               /spec/paused  - true
           + ServiceAccount istio-system/istiod  (not checked by the server yet)

        2. Restart workloads  1 workload
           * restart Deployment checkout/cart

        3. Remove what is gone  -1
           - Service checkout/old

      1 to create, 1 to update, 1 to delete, 1 workload to restart."
    `);
  });

  it('names the unchanged only in full', () => {
    const brief = renderPlan(samplePlan(), digest, plainView, briefPlan).join('\n');
    const full = renderPlan(samplePlan(), digest, plainView, fullPlan).join('\n');
    expect(brief).not.toContain('= Namespace');
    expect(full).toContain('     = Namespace istio-system');
  });

  it('counts what it leaves out', () => {
    const limits = { objects: 1, fields: 1, unchanged: false };
    const text = renderPlan(samplePlan(), digest, plainView, limits).join('\n');
    expect(text).toContain('… 2 more fields');
    expect(text).toContain('… 1 more object');
  });

  it('says so when there is nothing to do', () => {
    const plan = samplePlan({ action: 'none', stages: [], warnings: [] });
    expect(renderPlan(plan, digest, plainView, briefPlan).at(-1)).toBe('Nothing to do.');
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

describe('a plan as Markdown', () => {
  it('shows a table of stages and a diff for each', () => {
    expect(renderPlanMarkdown(samplePlan(), digest, briefPlan).join('\n')).toMatchInlineSnapshot(`
      "### Plan: \`checkout-mesh\` on \`local\`

      **upgrade** \`istio 1.31.0 (sidecar)\`: 1 to create, 1 to update, 1 to delete, 1 workload to restart

      Repository \`patterns\`, \`commit 0123456789ab\`, plan \`sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\`

      > **Warning:** \`Istio 1.31 drops the API v1alpha3.\`

      | # | stage | create | update | delete | restart |
      |--:|---|--:|--:|--:|--:|
      | 1 | \`Control plane\` | 1 | 1 | 0 | 0 |
      | 2 | \`Restart workloads\` | 0 | 0 | 0 | 1 |
      | 3 | \`Remove what is gone\` | 0 | 0 | 1 | 0 |

      <details><summary>1. <code>Control plane</code></summary>

      \`\`\`diff
      ! Deployment istio-system/istiod
            /spec/replicas: 1 → 2
            /metadata/labels/tier: added "gold"
            /spec/paused: removed true
      + ServiceAccount istio-system/istiod (not checked by the server yet)
      \`\`\`

      </details>

      <details><summary>2. <code>Restart workloads</code></summary>

      \`\`\`diff
      ! restart Deployment checkout/cart
      \`\`\`

      </details>

      <details><summary>3. <code>Remove what is gone</code></summary>

      \`\`\`diff
      - Service checkout/old
      \`\`\`

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
