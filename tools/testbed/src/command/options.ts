import { Option } from '@commander-js/extra-typings';

/** The name of a testbed when none is given. */
export const DEFAULT_NAME = 'default';

/** `--profile`, with its two values. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type carries the choices
export function profileOption() {
  return new Option('--profile <profile>', 'control-plane needs no rights; node runs pods, as root on Linux')
    .choices(['control-plane', 'node'] as const)
    .default('control-plane' as const);
}
