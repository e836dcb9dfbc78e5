import { type MeshCase, MeshLevel } from './suite.ts';

/** What only real pods can show: the test that a subject names tries it, as root. */
export const nodeCases: readonly Pick<MeshCase<never>, 'id' | 'title' | 'level'>[] = [
  {
    id: 'data-plane',
    title: 'carries requests on a real node through install, upgrade, rollback and uninstall',
    level: MeshLevel.node,
  },
];
