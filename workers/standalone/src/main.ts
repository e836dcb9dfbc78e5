import { keepCompiled } from '@meshwright/compile-cache';
import { withSmallYoungHeap } from './young-heap.ts';

keepCompiled();
withSmallYoungHeap();
// Only now: what this process loads before it is replaced, it loads twice.
await import('./command.ts');
