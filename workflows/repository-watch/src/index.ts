export type { WatchState } from './state.ts';
export { repositoryWatch, type RepositoryWatchInput } from './watch.ts';
