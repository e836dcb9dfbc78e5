export { type Engine, type EngineOptions, startEngine } from './engine.ts';
export { standInForIstiod } from './stand-in.ts';
export { type Surroundings, type Workspace, workspaceIn, writeConfiguration } from './workspace.ts';
