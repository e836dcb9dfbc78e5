import { chatMattermost } from '@meshwright/chat-mattermost';
import { chatSlack } from '@meshwright/chat-slack';
import { chatWebhook } from '@meshwright/chat-webhook';
import { gitea } from '@meshwright/forge-gitea';
import { github } from '@meshwright/forge-github';
import { gitlab } from '@meshwright/forge-gitlab';
import { createServiceRegistry, type ServiceRegistry } from '@meshwright/plugin-sdk';

/** Every forge and chat of this engine: the one place where a new one is listed. */
export const plugins: ServiceRegistry = createServiceRegistry({
  forges: [gitea, github, gitlab],
  chats: [chatMattermost, chatSlack, chatWebhook],
});
