export { createGatewayActivities, type GatewayActivityOptions } from './activities/activities.ts';
export { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';
export type { ServerLimits } from './http/server.ts';
