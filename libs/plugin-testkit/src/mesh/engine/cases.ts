import { strict as assert } from 'node:assert';
import { Phase, type Plan, PlanAction, type RolloutStatus } from '@meshwright/model';
import { expectNothingLeft } from '../life/leaving.ts';
import { detect, expectInstalled } from '../life/life.ts';
import { type MeshCase, MeshLevel } from '../suite.ts';
import { differenceFrom, formOf } from './form.ts';
import { commonForm } from './forms.ts';
import { commitVersion, leadThrough, type Story, untilWaiting } from './story.ts';
import { Act, type Told } from './told.ts';

const level = MeshLevel.engine;
/** A digest that no plan has. */
const nothing = `sha256:${'0'.repeat(64)}`;

/** The cases of a story, in the order in which it is told: each goes on where one before it ended. */
export const engineCases: readonly MeshCase<Story>[] = [
  {
    id: 'engine-install',
    title: 'is installed from a commit once somebody approved exactly that plan, and not before',
    level,
    run: async (story: Story): Promise<void> => {
      const { subject, trial } = story;
      const { older } = subject.versions;
      const commit = await commitVersion(story, older, 'Install the mesh');
      await untilWaiting(story, commit);
      await assert.rejects(trial.approve(commit, nothing), 'the approval of something else was taken');
      assert.equal(await trial.countChanges(), 0, 'it was changed before anybody approved');
      assert.deepEqual(await trial.members(), []);
      const status = await leadThrough(story, Act.install, commit);
      expectAction(status, PlanAction.install);
      await expectInstalled(story, older);
    },
  },
  {
    id: 'engine-settled',
    title: 'is not changed, and nobody is asked, by a further commit of the same',
    level,
    after: 'engine-install',
    run: async (story: Story): Promise<void> => {
      const { subject, trial } = story;
      const before = await trial.countChanges();
      const commit = await commitVersion(story, subject.versions.older, 'Say the same again');
      const status = await trial.untilDecidable(commit);
      assert.equal(status.phase, Phase.succeeded);
      expectAction(status, PlanAction.none);
      assert.deepEqual(
        status.targets.flatMap(({ stages }) => stages),
        [],
        'a stage was begun',
      );
      assert.equal(await trial.countChanges(), before, 'it was changed');
    },
  },
  {
    id: 'engine-upgrade',
    title: 'is upgraded by a commit of a newer version',
    level,
    after: 'engine-settled',
    run: async (story: Story): Promise<void> => {
      const { newer } = story.subject.versions;
      const commit = await commitVersion(story, newer, 'Upgrade the mesh');
      expectAction(await leadThrough(story, Act.upgrade, commit), PlanAction.upgrade);
      await expectInstalled(story, newer);
    },
  },
  {
    id: 'engine-roll-back',
    title: 'goes back to the rollout before, when somebody asks for it and somebody else approves',
    level,
    after: 'engine-upgrade',
    run: async (story: Story): Promise<void> => {
      const { subject, trial, commits } = story;
      const { older } = subject.versions;
      const commit = commits.get(older) ?? '';
      await trial.rollBack(commit);
      expectAction(await leadThrough(story, Act.rollBack, commit), PlanAction.rollBack);
      await expectInstalled(story, older);
    },
  },
  {
    id: 'engine-uninstall',
    title: 'is taken away once its file is gone and somebody confirmed it, and leaves nothing of itself',
    level,
    after: 'engine-roll-back',
    run: async (story: Story): Promise<void> => {
      const commit = await story.trial.commit('Take the mesh away', undefined);
      const { status } = await untilWaiting(story, commit);
      const plans = status.targets.flatMap(({ plan }) => plan ?? []);
      assert.ok(
        plans.some(({ confirmations }) => confirmations.length > 0),
        'nobody has to confirm it',
      );
      expectAction(await leadThrough(story, Act.uninstall, commit), PlanAction.uninstall);
      assert.deepEqual(await detect(story), []);
      await expectNothingLeft(story, await planIn(story, status));
    },
  },
  {
    id: 'reads-alike',
    title: 'is told of in the form in which every mesh is, on the command line and in Temporal, in every act',
    level,
    after: 'engine-uninstall',
    run: async ({ told, subject }: Story): Promise<void> => {
      const differences: string[] = [];
      for (const act of Object.values(Act)) {
        const seen = told.get(act);
        const difference =
          seen === undefined
            ? 'nothing was told'
            : differenceFrom(formOf(seen, subject), await commonForm(act));
        if (difference !== undefined) differences.push(`${act}: ${difference}`);
        else if (seen !== undefined) expectPlanShown(act, seen);
      }
      assert.ok(differences.length === 0, differences.join('\n'));
    },
  },
];

/** What `meshwright` shows as the plan is the plan that somebody is asked to approve. */
function expectPlanShown(act: Act, { waiting: { screens, status } }: Told): void {
  const [shown] = screens;
  const digests = status.targets.flatMap(({ plan }) => plan?.digest ?? []);
  assert.ok(
    digests.length > 0 && digests.every((digest) => shown?.text.includes(`plan ${digest}`)),
    `${act}: "${shown?.command ?? ''}" shows another plan than the one that waits`,
  );
}

/** The whole plan for the only target of a rollout. */
async function planIn({ trial }: Story, { targets }: RolloutStatus): Promise<Plan> {
  const [plan] = targets.flatMap((target) => target.plan ?? []);
  assert.ok(plan !== undefined, 'it has no plan');
  return trial.readPlan(plan.digest);
}

function expectAction({ targets }: RolloutStatus, action: PlanAction): void {
  assert.deepEqual(
    targets.map(({ plan }) => plan?.action),
    [action],
  );
}
