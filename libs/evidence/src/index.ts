export { canonicalJson, digestOf, digestOfJson } from './canonical.ts';
export { type EvidenceStore, openEvidence } from './store.ts';
