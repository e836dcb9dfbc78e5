export { imageArchive } from './archive.ts';
export {
  baseImages,
  COREDNS_IMAGE,
  FORTIO_IMAGE,
  IMAGE_HUB,
  ISTIO_HUB,
  istioImages,
  PAUSE_IMAGE,
  type BaseBinaries,
  type IstioBinaries,
} from './definitions.ts';
export type { ImageConfig, ImageDefinition, ImageEntry } from './image.ts';
