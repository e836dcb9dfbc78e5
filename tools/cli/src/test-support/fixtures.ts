import { moment } from '@meshwright/rollouts/test-support/samples';
import { createStyle, type View } from '../render/style.ts';

export const plainView: View = { style: createStyle(false), width: 100, now: moment };
