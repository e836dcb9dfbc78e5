import { createServiceRegistry, type ServiceRegistry } from '@meshwright/plugin-sdk';

/** Every forge and chat of this engine: the one place where a new one is listed. Its package is loaded when one is configured. */
export const plugins: ServiceRegistry = createServiceRegistry({
  forges: {
    gitea: async () => (await import('@meshwright/forge-gitea')).gitea,
    github: async () => (await import('@meshwright/forge-github')).github,
    gitlab: async () => (await import('@meshwright/forge-gitlab')).gitlab,
  },
  chats: {
    mattermost: async () => (await import('@meshwright/chat-mattermost')).chatMattermost,
    slack: async () => (await import('@meshwright/chat-slack')).chatSlack,
    webhook: async () => (await import('@meshwright/chat-webhook')).chatWebhook,
  },
});
