export { type FakeSlack, slackButton, slackChannel, slackSecrets, startFakeSlack } from './fake-slack.ts';
export type { Committed, PatternsRepository } from './patterns-repository.ts';
export { rolloutOf, statusOf } from './rollouts.ts';
export { editConfiguration, openScene, type Scene, type SceneOptions, until } from './scene.ts';
