export { type Behaviour, type GitHttpServer, startGitHttpServer } from './http-server.ts';
export { createWorkbench, type Workbench } from './workbench.ts';
