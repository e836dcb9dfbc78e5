export { plugins } from './registry.ts';
export {
  type ChatService,
  type ForgeService,
  openServices,
  type Services,
  type ServicesOptions,
} from './services.ts';
