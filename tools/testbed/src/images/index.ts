export { imageArchive } from './archive.ts';
export { baseImages, COREDNS_IMAGE, ISTIO_HUB, istioImages, PAUSE_IMAGE } from './definitions.ts';
export type { ImageDefinition } from './image.ts';
