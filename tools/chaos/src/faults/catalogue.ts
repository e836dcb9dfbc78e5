import type { FaultName } from '../scenario/faults.ts';
import type { Arm } from './armed.ts';
import { serverFaults } from './servers.ts';
import { surroundingFaults } from './surroundings.ts';
import { workerFaults } from './worker.ts';

/** How each kind of fault is brought about. */
export const catalogue: Record<FaultName, Arm> = { ...workerFaults, ...serverFaults, ...surroundingFaults };
