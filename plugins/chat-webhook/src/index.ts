export { chatWebhook } from './plugin.ts';
