export { commandBlock, interventionLines, pauseLine, planTable, stageTable } from './details.ts';
export { gateSection } from './gate/details.ts';
export type { MeshChangeInput } from './input.ts';
export { meshChange } from './mesh-change.ts';
export { planPreview } from './plan-preview.ts';
