export { createRepositoryActivities, type RepositoryActivityOptions } from './activities.ts';
export { createHints, type Hints } from './hints.ts';
export { type GitWatcher, type GitWatcherOptions, startGitWatcher } from './watcher.ts';
