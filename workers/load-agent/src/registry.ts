import { builtin } from '@meshwright/load-builtin';
import { fortio } from '@meshwright/load-fortio';
import { k6 } from '@meshwright/load-k6';
import { nighthawk } from '@meshwright/load-nighthawk';
import { wrk2 } from '@meshwright/load-wrk2';
import { createLoadRegistry, type LoadRegistry } from '@meshwright/plugin-sdk';

/** Every load generator of this engine: the one place where a new one is listed. */
export const generators: LoadRegistry = createLoadRegistry([builtin, fortio, k6, wrk2, nighthawk]);
